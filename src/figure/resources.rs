//! The files a figure refers to: found inside its own folder, or close beside it, and read under limits.
//!
//! [`Folder::find`] accepts every spelling that files use (`spelling`), and nothing that leaves the folder but a picture in a
//! folder beside it: models and their textures are often kept in two folders of one.

use super::spelling::{Reading, garbled_forms, loose, normal, plain_forms};
use super::{FigureError, textures};
use crate::picture::formats;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// No figure file, nor a file it refers to, may be larger: 1 GiB.
pub const MAX_FILE_BYTES: u64 = 1 << 30;
/// A picture may lie so many folders above the figure's, and below that.
const MOST_UP: usize = 2;
/// In folders with more entries than this, names are only looked for as they stand.
const MOST_ENTRIES: usize = 100_000;

/// Reads a whole file of at most [`MAX_FILE_BYTES`]; devices, pipes and folders are refused, so nothing waits for ever.
///
/// # Errors
/// [`FigureError::Io`] and [`FigureError::Unsupported`], both naming `path`.
pub fn read_file(path: &Path) -> Result<Vec<u8>, FigureError> {
    let unsupported = |what: String| FigureError::Unsupported { path: path.to_owned(), what };
    let failed = |source| FigureError::Io { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(unsupported("it is a folder; name the figure's file in it".into()));
    }
    if !metadata.is_file() {
        return Err(unsupported("it is a device or a pipe; save it as a file first".into()));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(unsupported(format!(
            "it has {} MiB, and figures may have {} MiB at most",
            metadata.len() >> 20,
            MAX_FILE_BYTES >> 20
        )));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    File::open(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}

/// The folder a figure lies in, or none for a figure in memory.
#[derive(Debug, Default)]
pub struct Folder {
    root: Option<PathBuf>,
    listings: RefCell<HashMap<PathBuf, Listing>>,
    /// What references were found to mean, and whether pictures were looked for.
    known: RefCell<HashMap<(String, bool), Result<PathBuf, String>>>,
    /// Bytes read so far: a figure may name the same large file any number of times.
    read: Cell<u64>,
    sources: RefCell<Vec<PathBuf>>,
}

/// The entries of a folder by every form of their names.
#[derive(Debug, Default)]
struct Listing {
    names: Vec<OsString>,
    plain: HashMap<String, usize>,
    garbled: OnceCell<HashMap<String, usize>>,
    loose: OnceCell<HashMap<String, usize>>,
}

/// What lies at a path.
enum Place {
    Here(PathBuf),
    Nothing,
    /// A link that leads elsewhere.
    Elsewhere,
}

impl Folder {
    /// The folder in which `file` lies.
    pub fn of(file: &Path) -> Self {
        let root = match file.parent() {
            Some(p) if !p.as_os_str().is_empty() => p.to_owned(),
            _ => PathBuf::from("."),
        };
        Self { root: Some(root), ..Self::default() }
    }

    /// For a figure in memory: nothing lies beside it.
    pub fn none() -> Self {
        Self::default()
    }

    /// The file in the folder that `reference` means. Of a path that leads elsewhere, such as the full one on the author's
    /// machine, the longest tail that is there.
    ///
    /// # Errors
    /// What was wrong in plain words: lower case, no full stop.
    pub fn find(&self, reference: &str) -> Result<PathBuf, String> {
        self.search(reference, false)
    }

    /// As [`Folder::find`], for a picture, which may also lie in a folder beside, at most two levels up.
    ///
    /// # Errors
    /// As [`Folder::find`].
    pub fn find_picture(&self, reference: &str) -> Result<PathBuf, String> {
        self.search(reference, true)
    }

    /// Reads the file in the folder that `reference` means, and counts it among the figure's [`Folder::sources`].
    ///
    /// # Errors
    /// As [`Folder::find`], and what the system says about reading.
    pub fn read(&self, reference: &str) -> Result<Vec<u8>, String> {
        let path = self.find(reference)?;
        let bytes = self.read_at(&path, reference)?;
        self.note(path);
        Ok(bytes)
    }

    /// Reads the picture that `reference` means; it counts among the figure's [`Folder::sources`] if it is one, or
    /// is called like one: what is damaged can be mended where it lies.
    ///
    /// # Errors
    /// As [`Folder::find_picture`], and what the system says about reading.
    pub fn read_picture(&self, reference: &str) -> Result<Vec<u8>, String> {
        let path = self.find_picture(reference)?;
        let bytes = self.read_at(&path, reference)?;
        if textures::is_picture(&bytes, bytes.len() as u64) || formats::by_name(&path).is_some() {
            self.note(path);
        }
        Ok(bytes)
    }

    /// Counts the picture that `reference` means among the figure's [`Folder::sources`] though it isn't drawn.
    pub fn mention_picture(&self, reference: &str) {
        if let Ok(path) = self.find_picture(reference)
            && (begins_as_picture(&path) || formats::by_name(&path).is_some())
        {
            self.note(path);
        }
    }

    /// The files that were read or mentioned so far, each once, in order.
    pub fn sources(&self) -> Vec<PathBuf> {
        self.sources.borrow().clone()
    }

    fn note(&self, path: PathBuf) {
        let mut sources = self.sources.borrow_mut();
        if !sources.contains(&path) {
            sources.push(path);
        }
    }

    fn read_at(&self, path: &Path, reference: &str) -> Result<Vec<u8>, String> {
        if self.read.get() > MAX_FILE_BYTES {
            return Err(format!("“{reference}” can't be used: the files beside the figure have more than a gibibyte"));
        }
        let bytes = read_file(path).map_err(|error| match error {
            FigureError::Io { source, .. } => format!("“{reference}” can't be read: {source}"),
            FigureError::Damaged { what, .. } | FigureError::Unsupported { what, .. } => {
                format!("“{reference}” can't be used: {what}")
            }
            FigureError::Motion(motion) => format!("“{reference}” can't be used: it is {}", motion.kind),
        })?;
        self.read.set(self.read.get() + bytes.len() as u64);
        Ok(bytes)
    }

    fn search(&self, reference: &str, picture: bool) -> Result<PathBuf, String> {
        let Some(root) = &self.root else {
            return Err(format!("“{reference}” is a file beside the figure, which was read from memory"));
        };
        let key = (reference.to_owned(), picture);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let found = self.search_below(root, reference, picture);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    fn search_below(&self, root: &Path, reference: &str, picture: bool) -> Result<PathBuf, String> {
        let readings = Reading::all(reference);
        if readings.is_empty() {
            return Err(format!("“{reference}” names no file"));
        }
        let mut outside = false;
        for reading in &readings {
            let (absolute, up) = (reading.absolute, reading.up);
            if !absolute && (up == 0 || picture && up <= MOST_UP) {
                match self.walk(root, up, &reading.parts) {
                    Place::Here(path) if up == 0 || begins_as_picture(&path) => return Ok(path),
                    Place::Here(_) | Place::Elsewhere => outside = true,
                    Place::Nothing => {}
                }
            }
            let climbs = absolute || up > 0;
            outside |= climbs;
            for tail in usize::from(!climbs)..reading.parts.len() {
                match self.walk(root, 0, &reading.parts[tail..]) {
                    Place::Here(path) => return Ok(path),
                    Place::Elsewhere => outside = true,
                    Place::Nothing => {}
                }
            }
        }
        if picture && let Some(path) = self.converted(root, &readings) {
            return Ok(path);
        }
        Err(match outside {
            true => format!("“{reference}” leads out of the figure's folder and is not in it; put it there"),
            false => format!("“{reference}” is not in the figure's folder"),
        })
    }

    /// The picture of that name in another format: textures are converted, and figures go on naming the old file.
    fn converted(&self, root: &Path, readings: &[Reading]) -> Option<PathBuf> {
        for reading in readings.iter().filter(|reading| reading.absolute || reading.up == 0) {
            let [folders @ .., name] = reading.parts.as_slice() else { continue };
            let stem = match formats::by_name(Path::new(name)) {
                Some(_) => name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem),
                None => name,
            };
            for extension in formats::extensions() {
                let mut parts = folders.to_vec();
                parts.push(format!("{stem}.{extension}"));
                let tails = if reading.absolute { 0..parts.len() } else { 0..1 };
                for tail in tails {
                    match self.walk(root, 0, &parts[tail..]) {
                        Place::Here(path) if begins_as_picture(&path) => return Some(path),
                        _ => {}
                    }
                }
            }
        }
        None
    }

    /// The file that `parts` lead to from `up` levels above `root`.
    fn walk(&self, root: &Path, up: usize, parts: &[String]) -> Place {
        let mut path = root.to_owned();
        path.extend(std::iter::repeat_n("..", up));
        for part in parts {
            match self.entry(&path, part) {
                Some(entry) => path = entry,
                None => return Place::Nothing,
            }
        }
        let (Ok(real), Ok(mut base)) = (path.canonicalize(), root.canonicalize()) else { return Place::Nothing };
        (0..up).for_each(|_| {
            base.pop();
        });
        match () {
            () if !real.starts_with(base) => Place::Elsewhere,
            () if real.is_dir() => Place::Nothing,
            () => Place::Here(path),
        }
    }

    /// The entry of `folder` called `part`: exactly, else in any spelling it may be meant by.
    fn entry(&self, folder: &Path, part: &str) -> Option<PathBuf> {
        let exact = folder.join(part);
        if exact.exists() {
            return Some(exact);
        }
        let mut listings = self.listings.borrow_mut();
        let listing = listings.entry(folder.to_owned()).or_insert_with(|| Listing::of(folder));
        listing.find(part).map(|name| folder.join(name))
    }
}

impl Listing {
    fn of(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_ENTRIES);
        let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        let mut plain = HashMap::new();
        for (i, name) in names.iter().enumerate() {
            for form in plain_forms(name) {
                plain.entry(form).or_insert(i);
            }
        }
        Self { names, plain, garbled: OnceCell::new(), loose: OnceCell::new() }
    }

    fn find(&self, part: &str) -> Option<&OsString> {
        let plain = |form: &String| self.plain.get(form);
        let i = plain_forms(part.as_ref())
            .iter()
            .find_map(plain)
            .or_else(|| self.garbled().get(&normal(part)))
            .or_else(|| garbled_forms(part).iter().find_map(plain))
            .or_else(|| self.loose().get(&loose(part)))?;
        self.names.get(*i)
    }

    /// The entries by [`loose`].
    fn loose(&self) -> &HashMap<String, usize> {
        self.loose.get_or_init(|| {
            let named = self.names.iter().enumerate().rev();
            named.filter_map(|(i, name)| Some((loose(name.to_str()?), i))).collect()
        })
    }

    /// The entries by what their names may have been before they were read in a wrong code page.
    fn garbled(&self) -> &HashMap<String, usize> {
        self.garbled.get_or_init(|| {
            let mut garbled = HashMap::new();
            for (i, name) in self.names.iter().enumerate() {
                for form in name.to_str().map(garbled_forms).unwrap_or_default() {
                    garbled.entry(form).or_insert(i);
                }
            }
            garbled
        })
    }
}

/// Whether a file begins as pictures do; devices and pipes don't.
fn begins_as_picture(path: &Path) -> bool {
    let mut start = Vec::new();
    let length = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        _ => return false,
    };
    if File::open(path).and_then(|file| file.take(64).read_to_end(&mut start)).is_err() {
        return false;
    }
    textures::is_picture(&start, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Picture;

    fn folder_with(files: &[&str]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        let folder = Folder::of(&dir.path().join("figure.pmx"));
        (dir, folder)
    }

    #[test]
    fn pictures_in_another_format_or_width_are_found_and_nothing_else() {
        let (dir, folder) = folder_with(&["tex/notes.png", "ｆａｃｅ１.txt", "tex/both.png"]);
        let picture = Picture::new(1, 1).to_png().unwrap();
        for file in ["tex/skin.png", "hair.jpeg", "髪\u{ff5e}.png"] {
            std::fs::write(dir.path().join(file), &picture).unwrap();
        }
        for (reference, file) in [
            ("tex\\skin.bmp", "tex/skin.png"),
            ("C:\\me\\tex\\SKIN.tga", "tex/skin.png"),
            ("hair", "hair.jpeg"),
            ("hair.jpg", "hair.jpeg"),
            ("髪\u{301c}.png", "髪\u{ff5e}.png"),
            ("ＨＡＩＲ.jpeg", "hair.jpeg"),
            ("tex¥skin.png", "tex/skin.png"),
        ] {
            assert_eq!(folder.find_picture(reference), Ok(dir.path().join(file)), "{reference}");
        }
        for missing in ["tex/notes.bmp", "skin.bmp", "../tex/skin.bmp", "hair.txt.png"] {
            assert!(folder.find_picture(missing).is_err(), "{missing}");
        }
        assert!(folder.find("hair.bmp").is_err(), "a data file is no picture");
        assert_eq!(folder.find("face1.txt"), Ok(dir.path().join("ｆａｃｅ１.txt")));
    }

    #[test]
    fn references_find_files_in_every_spelling() {
        let (dir, folder) = folder_with(&[
            "Tex/Face.PNG",
            "髪.png",
            "a b.png",
            "100%.png",
            "x/%E9%AB%AA.png",
            "は\u{3099}ん.png",
            "é╧é±é╛.png",
        ]);
        for (reference, file) in [
            ("tex\\face.png", "Tex/Face.PNG"),
            ("./TEX//FACE.png", "Tex/Face.PNG"),
            ("tex/../Tex/Face.PNG", "Tex/Face.PNG"),
            ("%E9%AB%AA.png", "髪.png"),
            ("a%20b.png", "a b.png"),
            ("100%.png", "100%.png"),
            ("X\\髪.png", "x/%E9%AB%AA.png"),
            ("ばん.png", "は\u{3099}ん.png"),
            ("C:\\Users\\me\\model\\tex\\Face.png", "Tex/Face.PNG"),
            ("/home/me/model/tex/Face.png", "Tex/Face.PNG"),
            ("file:///D:/tex/face.png", "Tex/Face.PNG"),
            ("file:///home/me/a%20b.png", "a b.png"),
            ("..\\..\\..\\髪.png", "髪.png"),
            ("sub/Tex/Face.PNG", "Tex/Face.PNG"),
            // Shift-JIS taken for code page 437.
            ("ぱんだ.png", "é╧é±é╛.png"),
        ] {
            assert_eq!(folder.find(reference).as_deref(), Ok(dir.path().join(file).as_path()), "{reference}");
        }
        assert!(folder.find("face.png").is_err());
        assert_eq!(folder.read("tex/face.png").unwrap(), b"Tex/Face.PNG");
        assert_eq!(folder.sources(), [dir.path().join("Tex/Face.PNG")]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_unpacked_as_raw_shift_jis_is_found() {
        use std::os::unix::ffi::OsStrExt;
        let (dir, folder) = folder_with(&[]);
        let (raw, _, _) = encoding_rs::SHIFT_JIS.encode("表情.png");
        std::fs::write(dir.path().join(std::ffi::OsStr::from_bytes(&raw)), "").unwrap();
        assert!(folder.find("表情.PNG").is_ok());
    }

    #[test]
    fn nothing_outside_the_folder_is_found() {
        let (dir, _) = folder_with(&["secret.png", "inner/figure.pmx"]);
        let folder = Folder::of(&dir.path().join("inner/figure.pmx"));
        for reference in [
            "../secret.png",
            "..\\secret.png",
            "%2e%2e/secret.png",
            "..%2fsecret.png",
            "x/../../secret.png",
            "/etc/passwd",
            "%2fetc%2fpasswd",
            "\\\\server\\share\\a.png",
            "C:\\a.png",
            "file:///etc/passwd",
            "https://example.com/a.png",
        ] {
            // What lies beside is a picture by name alone.
            for found in [folder.find(reference), folder.find_picture(reference)] {
                let what = found.unwrap_err();
                assert!(what.contains("leads out"), "{reference}: {what}");
            }
        }
        assert!(folder.find("").unwrap_err().contains("names no file"));
        assert!(folder.find("a\0.png").is_err() && folder.find("a.png:b").is_err());
        assert!(Folder::none().find("a.png").unwrap_err().contains("memory"));
    }

    #[test]
    fn a_picture_may_lie_two_levels_up() {
        let (dir, _) = folder_with(&["a/b/c/figure.pmx", "a/Tex/notes.txt"]);
        let png = Picture::new(1, 1).to_png().unwrap();
        for file in ["top.png", "a/Tex/skin.dds", "a/b/face.png"] {
            std::fs::write(dir.path().join(file), &png).unwrap();
        }
        let folder = Folder::of(&dir.path().join("a/b/c/figure.pmx"));
        let beside = |reference: &str| folder.find_picture(reference).map(|path| path.canonicalize().unwrap());
        let place = |file: &str| Ok(dir.path().join(file).canonicalize().unwrap());
        assert_eq!(beside("..\\..\\tex\\Skin.dds"), place("a/Tex/skin.dds"));
        assert_eq!(beside("../face.png"), place("a/b/face.png"));
        assert!(beside("../../tex/notes.txt").is_err() && beside("../../../top.png").is_err());
        assert!(folder.find("../face.png").is_err(), "buffers and libraries lie in the folder");
        assert_eq!(folder.read_picture("../face.png").unwrap(), png);
        folder.mention_picture("..\\..\\Tex\\skin.dds");
        folder.mention_picture("../../Tex/notes.txt");
        assert_eq!(folder.sources().len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_elsewhere_are_refused() {
        let (dir, _) = folder_with(&["inner/figure.pmx", "inner/a.png"]);
        std::fs::write(dir.path().join("b.png"), Picture::new(1, 1).to_png().unwrap()).unwrap();
        let link = |to: &str, from: &str| std::os::unix::fs::symlink(to, dir.path().join("inner").join(from)).unwrap();
        link("a.png", "within.png");
        link("../b.png", "out.png");
        link("..", "folder");
        link("/etc", "etc");
        let folder = Folder::of(&dir.path().join("inner/figure.pmx"));
        assert!(folder.find_picture("within.png").is_ok());
        for reference in ["out.png", "folder/b.png", "etc/passwd", "../inner/etc/passwd"] {
            let what = folder.find_picture(reference).unwrap_err();
            assert!(what.contains("leads out"), "{reference}: {what}");
        }
    }

    #[test]
    fn special_files_and_folders_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read_file(dir.path()).unwrap_err().to_string().contains("folder"));
        assert!(read_file(&dir.path().join("absent")).unwrap_err().to_string().contains("can't read"));
        #[cfg(unix)]
        assert!(read_file(Path::new("/dev/zero")).unwrap_err().to_string().contains("device"));
    }
}
