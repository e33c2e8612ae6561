//! Chromium without a screen, through its driver.

use serde_json::json;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use thirtyfour::extensions::cdp::ChromeDevTools;
use thirtyfour::{ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver};

const MISSING: &str = "Chromium's driver is not installed: `apt-get install chromium chromium-driver`";

/// A browser, and the driver that is its parent.
pub(crate) struct Chromium {
    server: Child,
    driver: WebDriver,
}

impl Chromium {
    pub(crate) async fn start() -> Chromium {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr()).expect("a port").port();
        let mut server = Command::new("chromedriver");
        server.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = server.spawn().unwrap_or_else(|why| panic!("{MISSING} ({why})"));
        let mut wanted = DesiredCapabilities::chrome();
        // As root it does not run in its sandbox; it opens nothing here but our own pages.
        for argument in ["--headless=new", "--window-size=1100,900", "--hide-scrollbars", "--no-sandbox"] {
            wanted.add_arg(argument).expect("an argument");
        }
        wanted.add_arg("--disable-dev-shm-usage").expect("an argument");
        let address = format!("http://127.0.0.1:{port}");
        let mut last = None;
        for _ in 0..100 {
            match WebDriver::new(&address, wanted.clone()).await {
                Ok(driver) => return Chromium { server, driver },
                Err(why) => last = Some(why),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("Chromium does not start: {last:?}")
    }

    pub(crate) fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// As if the person preferred `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        let tools = ChromeDevTools::new(self.driver.handle.clone());
        tools.execute_cdp_with_params("Emulation.setEmulatedMedia", features).await.expect("Chromium can pretend");
    }

    pub(crate) async fn stop(self) {
        self.driver.clone().quit().await.expect("it closes");
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Its browser goes with it.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
