//! The program; see the library.

use billing::{Args, Part, StartError, new_root_key, start};
use clap::Parser;
use std::error::Error;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let targets = std::env::var("RUST_LOG").ok().and_then(|text| text.parse().ok());
    let targets = targets.unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO));
    let to_stderr =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry().with(to_stderr).with(targets).init();
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = format!("billing: {error}");
            let mut cause = error.source();
            while let Some(under) = cause {
                // Some say what is under them themselves.
                let said = under.to_string();
                if !text.ends_with(&said) {
                    text += &format!(": {said}");
                }
                cause = under.source();
            }
            eprintln!("{text}");
            ExitCode::from(error.exit_code())
        }
    }
}

async fn run(args: Args) -> Result<(), StartError> {
    if let Some(file) = &args.split.new_root_key {
        println!("{}", new_root_key(file)?);
        return Ok(());
    }
    let part = args.split.part();
    let running = start(args).await?;
    match part {
        Part::Whole => println!("billing is at {}", running.url()),
        Part::Gateway => println!("billing's gateway is at {}", running.url()),
        Part::Service => println!("billing's service is at {}, for its gateway alone", running.url()),
    }
    if let Some(root) = running.root() {
        println!("its services are started with --trust {root}");
    }
    if let Some(provider) = running.provider() {
        println!("signing in at the development provider {provider}: any visitor can sign in as any user there");
    }
    let _ = told_to_stop().await;
    running.stop().await;
    Ok(())
}

/// Ctrl-C, or what systemd and Kubernetes send.
async fn told_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}
