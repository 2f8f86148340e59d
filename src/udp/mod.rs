//! The Ultra-Dense Pose image: per pixel, which point of the T-posed surface is seen.
//!
//! Files: `.npz` (`npz`), `.exr` (`exr`), 16-bit `.png` (`png`). They are recognised by content when read and
//! chosen by extension when written.

mod exr;
mod npz;
mod png;

use crate::picture::Picture;
use std::path::{Path, PathBuf};

/// H×W×4 float32, row-major from the top: landmark x, y, z and occupancy, all in [0, 1]. Where occupancy is 0, so is the landmark.
#[derive(Clone, Debug, PartialEq)]
pub struct Udp {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// `width_px · height_px` pixels.
    pub pixels: Vec<[f32; 4]>,
}

/// The kinds of UDP files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum UdpFormat {
    /// NumPy archive with one float32 array `i`, as CoNR's own program reads and writes.
    #[default]
    Npz,
    /// 32-bit float OpenEXR for compositing programs: R, G, B landmark, A occupancy.
    Exr,
    /// 16-bit RGBA, value · 65535: small, and any viewer shows it.
    Png,
}

/// Why a UDP can't be read or written. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum UdpError {
    /// The file can't be read.
    #[error("can't read {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file can't be written.
    #[error("can't write {path}: {source}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The content is no UDP.
    #[error("{path} can't be used as a UDP: {what}", path = path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What was wrong and the remedy, lower case, no full stop.
        what: String,
    },
}

/// Larger files than this hold no UDP of a size we take.
const MAX_FILE_BYTES: u64 = 6 << 30;
/// The longest side that graphics adapters and picture programs agree on.
const MAX_SIDE_PX: u64 = 16384;
/// How far outside [0, 1] a value may lie (half-float rounding, resampling overshoot) and be clamped.
const CLAMPED: f32 = 0.01;

impl Udp {
    /// An empty one: nothing is seen anywhere.
    pub fn new(width_px: u32, height_px: u32) -> Self {
        Self { width_px, height_px, pixels: vec![[0.0; 4]; width_px as usize * height_px as usize] }
    }

    /// The pixel in column `x` of row `y`. Panics outside the image, as slices do.
    pub fn at(&self, x: u32, y: u32) -> [f32; 4] {
        self.pixels[y as usize * self.width_px as usize + x as usize]
    }

    /// How many pixels show a point of the surface.
    pub fn surface_points(&self) -> usize {
        self.pixels.iter().filter(|p| p[3] > 0.5).count()
    }

    /// Landmarks as colours: x, y, z to red, green, blue, as the papers print them.
    pub fn colours(&self) -> Picture {
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let pixels = self
            .pixels
            .iter()
            .map(|&[x, y, z, there]| if there > 0.5 { [byte(x), byte(y), byte(z), 255] } else { [0; 4] })
            .collect();
        Picture { width_px: self.width_px, height_px: self.height_px, pixels }
    }

    /// Reads any of the three kinds of file.
    ///
    /// # Errors
    /// A file that can't be read, or whose content is no UDP.
    pub fn load(path: &Path) -> Result<Self, UdpError> {
        let bytes = crate::files::read(path, MAX_FILE_BYTES)
            .map_err(|source| UdpError::Read { path: path.to_path_buf(), source })?;
        Self::from_bytes(&bytes).map_err(|what| UdpError::Unusable { path: path.to_path_buf(), what })
    }

    /// Reads a file's bytes, whichever of the three kinds they are.
    ///
    /// # Errors
    /// What is wrong with them and the remedy, in words that complete "FILE can't be used as a UDP: …".
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let mut udp = match bytes {
            [b'P', b'K', ..] => npz::read(bytes)?,
            [0x76, 0x2f, 0x31, 0x01, ..] => exr::read(bytes)?,
            [0x89, b'P', b'N', b'G', ..] => png::read(bytes)?,
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => {
                return Err("it is a bare .npy array; save it with numpy.savez_compressed(path, i=array)".into());
            }
            [] => return Err("it is empty".into()),
            _ => return Err("it is neither an .npz, an .exr nor a 16-bit .png file".into()),
        };
        udp.check_values()?;
        Ok(udp)
    }

    /// The bytes of a file of this kind.
    ///
    /// # Errors
    /// A picture with no pixels, or too large for the format.
    pub fn to_bytes(&self, format: UdpFormat) -> std::io::Result<Vec<u8>> {
        match format {
            UdpFormat::Npz => npz::write(self),
            UdpFormat::Exr => exr::write(self),
            UdpFormat::Png => png::write(self),
        }
    }

    /// Writes the kind of file that the extension says, whole or not at all.
    ///
    /// # Errors
    /// Another extension than `.npz`, `.exr`, `.png`, or what the file system says.
    pub fn save(&self, path: &Path) -> Result<(), UdpError> {
        let format = UdpFormat::of(path).ok_or_else(|| UdpError::Unusable {
            path: path.to_path_buf(),
            what: "a UDP is saved as .npz, .exr or .png; choose one of these extensions".into(),
        })?;
        self.to_bytes(format)
            .and_then(|bytes| crate::files::write(path, &bytes))
            .map_err(|source| UdpError::Write { path: path.to_path_buf(), source })
    }

    /// Refuses what can't be a UDP, clamps rounding and clears the landmark of empty pixels.
    fn check_values(&mut self) -> Result<(), String> {
        let width = self.width_px as usize;
        for (i, pixel) in self.pixels.iter_mut().enumerate() {
            for (channel, value) in ["x", "y", "z", "occupancy"].iter().zip(pixel.iter_mut()) {
                if !(-CLAMPED..=1.0 + CLAMPED).contains(value) {
                    let (column, row) = (i % width, i / width);
                    return Err(format!(
                        "the {channel} value in column {column}, row {row} is {value}, and all must lie in [0, 1]; \
                         export it without colour management or scaling"
                    ));
                }
                *value = value.clamp(0.0, 1.0);
            }
            if pixel[3] == 0.0 {
                *pixel = [0.0; 4];
            }
        }
        Ok(())
    }
}

impl UdpFormat {
    /// The format an extension stands for, in any case.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        [Self::Npz, Self::Exr, Self::Png].into_iter().find(|format| format.extension() == extension)
    }

    /// The format of a file that begins with these bytes (26 are enough) and may be a UDP: a PNG with 16 bits in each of four
    /// channels may also be a drawing, one with fewer can't be a UDP.
    pub fn by_content(start: &[u8]) -> Option<Self> {
        match start {
            [b'P', b'K', 3, 4, ..] => Some(Self::Npz),
            [0x76, 0x2f, 0x31, 0x01, ..] => Some(Self::Exr),
            // Its header chunk comes first: bits a channel, then the kind of its colours.
            [0x89, b'P', b'N', b'G', ..] if start.get(24..26) == Some(&[16, 6]) => Some(Self::Png),
            _ => None,
        }
    }

    /// `npz`, `exr` or `png`.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Npz => "npz",
            Self::Exr => "exr",
            Self::Png => "png",
        }
    }
}

/// Looks at what a file claims before anything of that size is allocated.
fn check_size(width: u64, height: u64, bytes_per_pixel: u64, packed_bytes: u64) -> Result<(), String> {
    if width == 0 || height == 0 {
        return Err(format!("it is {width}×{height} pixels: there is nothing in it"));
    }
    if width > MAX_SIDE_PX || height > MAX_SIDE_PX {
        return Err(format!("it is {width}×{height} pixels, and the longest side may have {MAX_SIDE_PX}"));
    }
    // Deflate packs at most 1:1032; and nothing that shows a figure gets anywhere near 1:200.
    let unpacked_bytes = width * height * bytes_per_pixel;
    let (most, limit_bytes) = if unpacked_bytes > 256 << 20 { (200, 0) } else { (1040, 4096) };
    if unpacked_bytes > packed_bytes * most + limit_bytes {
        return Err(format!(
            "it says it has {width}×{height} pixels, which don't come out of {packed_bytes} bytes: \
             the file is damaged or made to fill the memory"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slightly_outside_is_clamped_and_far_outside_is_refused() {
        let mut udp = Udp::new(2, 1);
        udp.pixels[0] = [-0.005, 1.008, 0.5, 1.0];
        udp.pixels[1] = [0.3, 0.3, 0.3, 0.0];
        udp.check_values().unwrap();
        assert_eq!(udp.pixels, [[0.0, 1.0, 0.5, 1.0], [0.0; 4]]);
        for bad in [1.02, -0.02, f32::NAN, f32::INFINITY] {
            udp.pixels[1] = [0.1, bad, 0.1, 1.0];
            let what = udp.check_values().unwrap_err();
            assert!(what.starts_with("the y value in column 1, row 0"), "{what}");
        }
    }

    #[test]
    fn claims_are_checked_against_the_file() {
        assert!(check_size(512, 512, 16, 20_000).is_ok());
        assert!(check_size(512, 512, 16, 500).is_err());
        assert!(check_size(16384, 16384, 16, 1 << 30).is_ok());
        assert!(check_size(16384, 16384, 16, 5 << 20).is_err());
        assert!(check_size(16385, 1, 16, 1 << 20).is_err());
        assert!(check_size(0, 5, 16, 100).is_err());
        assert!(check_size(u64::MAX, u64::MAX, 16, 100).is_err());
    }

    #[test]
    fn files_that_may_be_udps_are_known_by_how_they_begin() {
        for format in [UdpFormat::Npz, UdpFormat::Exr, UdpFormat::Png] {
            let bytes = Udp::new(3, 2).to_bytes(format).unwrap();
            assert_eq!(UdpFormat::by_content(&bytes[..26]), Some(format));
            assert_eq!(UdpFormat::by_content(&bytes[..2]), None);
        }
        assert_eq!(UdpFormat::by_content(&Picture::new(3, 2).to_png().unwrap()), None);
    }

    #[test]
    fn formats_follow_extensions() {
        assert_eq!(UdpFormat::of(Path::new("a/b.NPZ")), Some(UdpFormat::Npz));
        assert_eq!(UdpFormat::of(Path::new("a.udp.exr")), Some(UdpFormat::Exr));
        assert_eq!(UdpFormat::of(Path::new("a")), None);
    }
}
