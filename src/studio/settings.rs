//! What the user set for all projects.

use super::events::Event;
use super::layout::Layout;
use super::panels::PanelKind;
use super::workers::Jobs;
use crate::live;
use crate::raster::RasterChoice;
use serde::{Deserialize, Deserializer, Serialize};
use std::io;
use std::path::{Path, PathBuf};

const FILE: &str = "settings.json";
const LARGEST_BYTES: u64 = 4 << 20;
/// Seconds from a change until it is written.
const REST_S: f64 = 1.0;
/// The smallest and the largest [`Settings::drawing_size`].
pub(super) const DRAWING_SIZES: [f32; 2] = [72.0, 320.0];
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
    /// Where the panels are; `None`: in their usual places. One of another version that can't be read is none.
    #[serde(deserialize_with = "if_readable")]
    pub layout: Option<Layout>,
    /// The panels that the layout knows, open or closed; it adopts the others.
    #[serde(default, deserialize_with = "if_readable")]
    pub panels: KnownPanels,
    /// Width of a drawing in the character sheet's panel, in points.
    pub drawing_size: f32,
    /// Trainings' folders that were opened from other places.
    pub trainings: Vec<PathBuf>,
    /// Who draws the figure.
    pub raster: RasterChoice,
    /// The tour was shown once.
    pub toured: bool,
    /// Where and how poses are heard that other programs send.
    #[serde(deserialize_with = "if_readable")]
    pub live: LiveSettings,
    /// Weights that invent characters; `None`: the program's own.
    pub generator: Option<PathBuf>,
}

/// Where and how poses are heard that other programs send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct LiveSettings {
    /// The port.
    pub port: u16,
    /// Other machines are heard, too.
    pub any_address: bool,
    /// What becomes of it.
    pub how: live::Settings,
    /// The puppet's window.
    pub puppet: PuppetSettings,
}

/// How the puppet's window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct PuppetSettings {
    /// What it shows.
    pub shows: PuppetShows,
    /// The colour behind the character, which the program that films takes out; red, green, blue.
    pub ground: [u8; 3],
}

/// What the puppet's window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PuppetShows {
    /// The painted picture, and the figure where painting can't keep up.
    #[default]
    Painted,
    /// The figure.
    Figure,
}

impl Default for PuppetSettings {
    fn default() -> Self {
        Self { shows: PuppetShows::Painted, ground: [0, 255, 0] }
    }
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self { port: live::PORT, any_address: false, how: live::Settings::default(), puppet: PuppetSettings::default() }
    }
}

/// Panels by their names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KnownPanels(Vec<PanelKind>);

impl KnownPanels {
    /// All of this version.
    pub fn all() -> Self {
        Self(PanelKind::ALL.to_vec())
    }
}

impl Default for KnownPanels {
    /// Those there were before layouts said which they know.
    fn default() -> Self {
        use PanelKind::{Bones, Face, Hands, Inspector, Log, Poses, Preview, Sheet, Viewport};
        Self(vec![Sheet, Viewport, Preview, Poses, Bones, Hands, Face, Inspector, Log])
    }
}

/// The default in place of what another version wrote otherwise.
fn if_readable<'de, T: Default + serde::de::DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            scale: 1.0,
            recent: Vec::new(),
            layout: None,
            panels: KnownPanels::all(),
            drawing_size: 104.0,
            trainings: Vec::new(),
            raster: RasterChoice::Auto,
            toured: false,
            live: LiveSettings::default(),
            generator: None,
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
                settings.set_drawing_size(settings.drawing_size);
                settings.layout = settings.layout.filter(Layout::is_sound);
                if let Some(layout) = &mut settings.layout {
                    layout.adopt(&settings.panels.0);
                }
                settings.panels = KnownPanels::all();
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

    /// Shows drawings larger or smaller, as far as that makes sense.
    pub fn set_drawing_size(&mut self, size: f32) {
        let [least, most] = DRAWING_SIZES;
        self.drawing_size = if size.is_finite() { size.clamp(least, most) } else { Self::default().drawing_size };
    }

    /// Puts a project at the head of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|known| known != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }
}

/// The settings as they are now, and what of them is on disk.
pub(super) struct KeptSettings {
    pub(super) now: Settings,
    /// Where they are; copies of unsaved work, too.
    pub(super) folder: PathBuf,
    saved: Settings,
    changed_s: Option<f64>,
}

impl KeptSettings {
    /// As [`Settings::load`].
    pub(super) fn load(folder: PathBuf) -> (Self, Option<String>) {
        let (now, problem) = Settings::load(&folder);
        (Self { saved: now.clone(), now, folder, changed_s: None }, problem)
    }

    /// Where copies of unsaved work are.
    pub(super) fn sessions(&self) -> PathBuf {
        self.folder.join("sessions")
    }

    /// Seconds until changes are written.
    pub(super) fn keeps_in_s(&self, now_s: f64) -> Option<f64> {
        self.changed_s.map(|changed| changed + REST_S - now_s)
    }

    /// Has them written some time after they changed.
    pub(super) fn keep(&mut self, layout: &Layout, now_s: f64, jobs: &Jobs) {
        let layout = Some(layout).filter(|layout| **layout != Layout::default());
        if self.now.layout.as_ref() != layout {
            self.now.layout = layout.cloned();
        }
        if self.now == self.saved {
            return;
        }
        let changed = *self.changed_s.get_or_insert(now_s);
        if now_s >= changed + REST_S {
            self.changed_s = None;
            self.saved = self.now.clone();
            let (settings, folder) = (self.now.clone(), self.folder.clone());
            jobs.start_quietly("Saving settings", move |_| {
                let failed = settings.save(&folder).err()?;
                Some(Event::Warning(format!("settings can't be saved: {failed}")))
            });
        }
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
        std::fs::write(folder.path().join(FILE), "{\"scale\": 1e30, \"drawing-size\": 0, \"unknown\": 1}").unwrap();
        let settings = Settings::load(folder.path()).0;
        assert_eq!((settings.scale, settings.drawing_size), (3.0, DRAWING_SIZES[0]));
        // What a later version calls its panels is no reason to forget everything else.
        std::fs::write(folder.path().join(FILE), r#"{"scale": 2.0, "panels": ["crystal-ball"], "layout": {"x": 1}}"#)
            .unwrap();
        let (later, why) = Settings::load(folder.path());
        assert_eq!((later.scale, later.layout, why), (2.0, None, None));
    }
}
