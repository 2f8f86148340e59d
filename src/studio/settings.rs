//! What the user set for all projects.

use super::layout::Layout;
use crate::raster::RasterChoice;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

const FILE: &str = "settings.json";
const LARGEST_BYTES: u64 = 4 << 20;
/// How many projects the menu remembers.
const RECENT: usize = 10;

/// Dark, light or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// What the user set for all projects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// Dark or light.
    pub theme: Theme,
    /// Size of everything: 1 as the system has it.
    pub scale: f32,
    /// Projects opened last, newest first.
    pub recent: Vec<PathBuf>,
    /// Where the panels are; `None`: in their usual places.
    pub layout: Option<Layout>,
    /// Who draws the figure.
    pub raster: RasterChoice,
    /// The tour was shown once.
    pub toured: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            scale: 1.0,
            recent: Vec::new(),
            layout: None,
            raster: RasterChoice::Auto,
            toured: false,
        }
    }
}

impl Settings {
    /// Reads the settings in `folder`; damaged or missing ones are the default, with the reason.
    pub fn load(folder: &Path) -> (Self, Option<String>) {
        let path = folder.join(FILE);
        let read = crate::files::read(&path, LARGEST_BYTES);
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (Self::default(), None),
            Err(error) => return (Self::default(), Some(format!("can't read {}: {error}", path.display()))),
        };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(mut settings) => {
                settings.scale = if settings.scale.is_finite() { settings.scale.clamp(0.5, 3.0) } else { 1.0 };
                settings.recent.truncate(RECENT);
                settings.layout = settings.layout.filter(Layout::is_sound);
                (settings, None)
            }
            Err(error) => {
                let what = format!("{} is damaged ({error}); the settings are the usual ones again", path.display());
                (Self::default(), Some(what))
            }
        }
    }

    /// Writes them.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        crate::files::write(&folder.join(FILE), &serde_json::to_vec_pretty(self)?)
    }

    /// Puts a project at the head of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|known| known != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_damage_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Settings::load(folder.path()), (Settings::default(), None));
        let mut settings = Settings { theme: Theme::Light, scale: 1.25, ..Settings::default() };
        settings.remember(Path::new("/a"));
        settings.remember(Path::new("/b"));
        settings.remember(Path::new("/a"));
        settings.layout = Some(Layout::default());
        settings.save(folder.path()).unwrap();
        assert_eq!(Settings::load(folder.path()), (settings.clone(), None));
        assert_eq!(settings.recent, [Path::new("/a"), Path::new("/b")]);

        std::fs::write(folder.path().join(FILE), "{\"scale\": ").unwrap();
        let (damaged, why) = Settings::load(folder.path());
        assert_eq!(damaged, Settings::default());
        assert!(why.unwrap().contains("settings.json"));
        std::fs::write(folder.path().join(FILE), "{\"scale\": 1e30, \"unknown\": 1}").unwrap();
        assert_eq!(Settings::load(folder.path()).0.scale, 3.0);
    }
}
