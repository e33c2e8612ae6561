//! The model that ships with the library.

use crate::Model;

impl Model {
    /// The text of the standard model. Write it to SpiceDB as it is, or copy it and add your own types.
    pub const STANDARD: &'static str = include_str!("standard.zed");

    /// Returns the standard model: users, the platform, tenants, organizations and teams.
    #[must_use]
    pub fn standard() -> Self {
        // A test reads the text. Were it ever unreadable, an empty model gives no permission.
        Self::parse(Self::STANDARD).unwrap_or_default()
    }
}
