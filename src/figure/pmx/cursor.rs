//! Little-endian bytes of an MMD file (model or motion), none of which is believed.

use glam::{Vec2, Vec3, Vec4};

/// Where reading stands in a file. Errors say what was wrong in plain words: lower case, no full stop.
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Numbers so far that were none, and were read as another.
    pub(crate) no_numbers: usize,
}

/// A place farther out than this (in the file's units) is a damaged number rather than a place.
const FARTHEST: f32 = 1e7;

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, no_numbers: 0 }
    }

    pub(crate) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or_else(|| format!("it ends too early, at byte {}", self.bytes.len()))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, String> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16, String> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn i32(&mut self) -> Result<i32, String> {
        self.array().map(i32::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes)
    }

    /// A number; 0 where it is none.
    pub(crate) fn f32(&mut self) -> Result<f32, String> {
        self.f32_or(0.0)
    }

    /// A number; `none` where it is none.
    pub(crate) fn f32_or(&mut self, none: f32) -> Result<f32, String> {
        let value = f32::from_le_bytes(self.array()?);
        if value.is_finite() {
            return Ok(value);
        }
        self.no_numbers += 1;
        Ok(none)
    }

    /// A colour; its components are 1 where they are no numbers.
    pub(crate) fn colour(&mut self) -> Result<Vec4, String> {
        Ok(Vec4::new(self.f32_or(1.0)?, self.f32_or(1.0)?, self.f32_or(1.0)?, self.f32_or(1.0)?))
    }

    pub(crate) fn vec2(&mut self) -> Result<Vec2, String> {
        Ok(Vec2::new(self.f32()?, self.f32()?))
    }

    pub(crate) fn vec3(&mut self) -> Result<Vec3, String> {
        Ok(Vec3::new(self.f32()?, self.f32()?, self.f32()?))
    }

    pub(crate) fn vec4(&mut self) -> Result<Vec4, String> {
        Ok(Vec4::new(self.f32()?, self.f32()?, self.f32()?, self.f32()?))
    }

    /// A place or an offset between places, in the file's units; NaN where it is none.
    pub(crate) fn place(&mut self) -> Result<Vec3, String> {
        let mut read = || self.array().map(f32::from_le_bytes);
        let place = Vec3::new(read()?, read()?, read()?);
        Ok(if place.to_array().iter().all(|v| v.abs() <= FARTHEST) { place } else { Vec3::NAN })
    }

    /// A direction of any length; one that is no number, as some exporters write for degenerate faces, becomes zero.
    pub(crate) fn direction(&mut self) -> Result<Vec3, String> {
        let mut read = || self.array().map(f32::from_le_bytes);
        let direction = Vec3::new(read()?, read()?, read()?);
        Ok(if direction.is_finite() { direction } else { Vec3::ZERO })
    }

    /// How many records follow, which take at least `least_size` bytes each: never more than there is room for.
    pub(crate) fn count(&mut self, what: &str, least_size: usize) -> Result<usize, String> {
        let count = self.i32()?;
        self.check_count(i64::from(count), what, least_size)
    }

    /// The same for a count that was read in some other way.
    pub(crate) fn check_count(&self, count: i64, what: &str, least_size: usize) -> Result<usize, String> {
        let room = (self.remaining() / least_size) as i64;
        if (0..=room).contains(&count) {
            Ok(count as usize)
        } else {
            Err(format!("it claims to have {count} {what}, and there is room for {room} at most"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_not_read() {
        let mut cursor = Cursor::new(&[1, 0, 0, 0, 9]);
        assert!(cursor.count("things", 2).unwrap_err().contains("claims to have 1 things"));
        assert_eq!(Cursor::new(&[1, 0, 0, 0, 9]).count("things", 1), Ok(1));
        assert!(Cursor::new(&[255; 8]).count("things", 1).unwrap_err().contains("-1 things"));
        assert!(Cursor::new(&[1, 2]).u32().unwrap_err().contains("too early"));
        let far: Vec<u8> = [1e9f32, 0.0, 0.0].iter().flat_map(|f| f.to_le_bytes()).collect();
        assert!(Cursor::new(&far).place().unwrap().is_nan());
        let mut cursor = Cursor::new(&[255; 20]);
        assert_eq!((cursor.f32(), cursor.colour()), (Ok(0.0), Ok(Vec4::ONE)));
        assert_eq!(cursor.no_numbers, 5);
        assert_eq!(Cursor::new(&[255; 12]).direction(), Ok(Vec3::ZERO));
    }
}
