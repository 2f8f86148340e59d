//! Tar archives of plain files, in the ustar form of POSIX.1-1988: what WebDataset's readers take.
//!
//! Members have short names, no times and no owners, so that the same members make the same bytes on every machine.

use std::io::{self, Read, Seek, SeekFrom, Write};

const BLOCK: usize = 512;

/// Longest name of a member, bytes.
pub const LONGEST_NAME: usize = 99;

/// Writes members one after the other. [`Archive::finish`] ends the archive.
pub struct Archive<W: Write> {
    to: W,
}

impl<W: Write> Archive<W> {
    /// An empty archive.
    pub fn new(to: W) -> Self {
        Self { to }
    }

    /// Adds a file.
    ///
    /// # Errors
    /// What the writer says; a name that is empty or longer than [`LONGEST_NAME`]; 8 GiB or more.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(&header(name, bytes.len() as u64)?)?;
        self.to.write_all(bytes)?;
        self.to.write_all(&[0; BLOCK][..padding(bytes.len())])
    }

    /// Writes the end of the archive and gives back what it was written to.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.write_all(&[0; 2 * BLOCK])?;
        Ok(self.to)
    }
}

fn padding(length: usize) -> usize {
    length.next_multiple_of(BLOCK) - length
}

fn header(name: &str, length: u64) -> io::Result<[u8; BLOCK]> {
    if name.is_empty() || name.len() > LONGEST_NAME || length >= 1 << 33 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("“{name}” doesn't fit into a tar archive")));
    }
    let mut block = [0u8; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{length:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    // The checksum is taken with blanks in its own place.
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\0");
    put(263, b"00");
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    let sum: u32 = block.iter().map(|&b| u32::from(b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Name and length of the next member; `None`: the archive ends here.
fn next(mut from: impl Read) -> io::Result<Option<(String, u64)>> {
    let mut block = [0; BLOCK];
    from.read_exact(&mut block).map_err(|_| broken("the archive ends too early"))?;
    if block.iter().all(|&b| b == 0) {
        return Ok(None);
    }
    let text = |at: usize, length: usize| {
        let field = &block[at..at + length];
        std::str::from_utf8(field.split(|&b| b == 0).next().unwrap_or_default()).unwrap_or_default().trim().to_owned()
    };
    let number = |at, length| u64::from_str_radix(&text(at, length), 8).map_err(|_| broken("a header is damaged"));
    let sum: u64 =
        block.iter().enumerate().map(|(i, &b)| u64::from(if (148..156).contains(&i) { b' ' } else { b })).sum();
    if number(148, 8)? != sum {
        return Err(broken("a header is damaged"));
    }
    let (name, length) = (text(0, 100), number(124, 12)?);
    if !matches!(block[156], b'0' | 0) || name.is_empty() {
        return Err(broken("it holds more than plain files"));
    }
    Ok(Some((name, length)))
}

/// Where a member lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Where its content begins, bytes from the archive's start.
    pub at: u64,
    /// How long it is, bytes.
    pub length: u64,
}

/// Where the members of an archive lie, which is read from its start.
///
/// # Errors
/// As [`read`], for the headers alone; an end that is missing is found out.
pub fn index(mut from: impl Read + Seek) -> io::Result<Vec<Member>> {
    let (mut members, mut at) = (vec![], 0);
    while let Some((name, length)) = next(&mut from)? {
        at += BLOCK as u64;
        members.push(Member { name, at, length });
        at = at.checked_add(length.next_multiple_of(BLOCK as u64)).ok_or_else(|| broken("a header is damaged"))?;
        from.seek(SeekFrom::Start(at))?;
    }
    Ok(members)
}

/// Reads the members of an archive, calling `each` with name and content; members above `largest` bytes are refused.
///
/// # Errors
/// What the reader or `each` says; [`io::ErrorKind::InvalidData`] for what is no whole archive of plain files.
pub fn read(
    mut from: impl Read,
    largest: u64,
    mut each: impl FnMut(&str, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        let Some((name, length)) = next(&mut from)? else { return Ok(()) };
        if length > largest {
            return Err(broken("a member is too large"));
        }
        let mut bytes = Vec::new();
        (&mut from).take(length).read_to_end(&mut bytes)?;
        let mut rest = [0; BLOCK];
        let padded = from.read_exact(&mut rest[..padding(length as usize)]);
        if (bytes.len() as u64) < length || padded.is_err() {
            return Err(broken("the archive ends too early"));
        }
        each(&name, bytes)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> Vec<u8> {
        let mut archive = Archive::new(Vec::new());
        archive.add("000001.png", b"picture").unwrap();
        archive.add("000001.json", &[7; 512]).unwrap();
        archive.add("000002.json", b"").unwrap();
        archive.finish().unwrap()
    }

    fn members(bytes: &[u8]) -> io::Result<Vec<(String, Vec<u8>)>> {
        let mut found = Vec::new();
        read(bytes, 1 << 20, |name, bytes| {
            found.push((name.to_owned(), bytes));
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn members_come_back() {
        let bytes = archive();
        assert_eq!(bytes.len() % BLOCK, 0);
        let found = members(&bytes).unwrap();
        let wanted = [("000001.png", b"picture".to_vec()), ("000001.json", vec![7; 512]), ("000002.json", Vec::new())];
        let wanted = wanted.map(|(name, bytes)| (name.to_owned(), bytes));
        assert_eq!(found, wanted);
        let index = index(io::Cursor::new(&bytes)).unwrap();
        let lies = |member: &Member| bytes[member.at as usize..(member.at + member.length) as usize].to_vec();
        assert_eq!(index.iter().map(|member| (member.name.clone(), lies(member))).collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn what_is_cut_off_or_changed_is_refused() {
        let bytes = archive();
        for length in [0, 100, 511, 512, 600, 1024, 1500, bytes.len() - 1024] {
            assert_eq!(members(&bytes[..length]).unwrap_err().kind(), io::ErrorKind::InvalidData, "{length}");
            assert!(index(io::Cursor::new(&bytes[..length])).is_err(), "{length}");
        }
        for at in [0, 50, 124, 130, 156, 260] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(members(&damaged).is_err(), "{at}");
        }
    }

    #[test]
    fn names_that_do_not_fit_are_refused() {
        let mut archive = Archive::new(Vec::new());
        assert!(archive.add(&"a".repeat(LONGEST_NAME + 1), b"").is_err());
        assert!(archive.add("", b"").is_err());
    }

    #[test]
    fn headers_are_those_of_the_system_s_own_tar() {
        // `printf picture > 000001.png; tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=644 --mtime=@0`
        let header = header("000001.png", 7).unwrap();
        assert_eq!(&header[..10], b"000001.png");
        assert_eq!(&header[124..136], b"00000000007\0");
        assert_eq!(&header[148..156], b"010430\0 ");
        assert_eq!(&header[257..265], b"ustar\x0000");
    }
}
