//! UDP as a NumPy archive: one array `i`, H×W×4 (NumPy's `.npy` format 1.0 to 3.0 in a zip file).

use super::{Udp, check_size};
use npyz::{DType, NpyHeader, Order};
use std::io::{self, Cursor, Read, Write};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::FileOptions};

/// NumPy writes headers of 128 bytes for an array like ours.
const MAX_HEADER_BYTES: usize = 4096;

pub(super) fn read(bytes: &[u8]) -> Result<Udp, String> {
    let damaged = |e: &dyn std::fmt::Display| format!("the archive is damaged ({e}); export or download it again");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    if archive.file_names().all(|name| name != "i.npy") {
        let mut names: Vec<&str> = archive.file_names().map(|n| n.trim_end_matches(".npy")).collect();
        names.sort_unstable();
        names.truncate(8);
        return Err(format!("it must hold an array named “i” and has: {}", names.join(", ")));
    }
    let mut entry = archive.by_name("i.npy").map_err(|e| damaged(&e))?;
    if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return Err(format!("it is packed with {}; NumPy packs with deflate", entry.compression()));
    }
    let (packed_bytes, unpacked_bytes) = (entry.compressed_size().min(bytes.len() as u64), entry.size());

    let (header_bytes, header) = read_header(&mut entry)?;
    let &[height, width, 4] = header.shape() else {
        return Err(format!("the array is {:?}, and a UDP is height × width × 4", header.shape()));
    };
    let DType::Plain(kind) = header.dtype() else {
        return Err("its values are records, and must be 32-bit floats".into());
    };
    let (value_bytes, decode): (usize, fn(&[u8]) -> f32) = match kind.to_string().as_str() {
        "<f2" => (2, |b| half::f16::from_le_bytes([b[0], b[1]]).to_f32()),
        "<f4" => (4, |b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])),
        "<f8" => (8, |b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32),
        ">f2" => (2, |b| half::f16::from_be_bytes([b[0], b[1]]).to_f32()),
        ">f4" => (4, |b| f32::from_be_bytes([b[0], b[1], b[2], b[3]])),
        ">f8" => (8, |b| f64::from_be_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32),
        other => return Err(format!("its values are of type {other}; save it with array.astype('float32')")),
    };
    check_size(width, height, 4 * value_bytes as u64, packed_bytes)?;
    let data_bytes = width * height * 4 * value_bytes as u64;
    if header_bytes as u64 + data_bytes != unpacked_bytes {
        return Err(format!(
            "it says it has {width}×{height} pixels, {data_bytes} bytes, but holds {} bytes; export it again",
            unpacked_bytes.saturating_sub(header_bytes as u64)
        ));
    }

    let mut udp = Udp::new(width as u32, height as u32);
    let (width, height) = (width as usize, height as usize);
    let mut row = vec![0; width * 4 * value_bytes];
    for start in (0..width * height * 4).step_by(width * 4) {
        entry.read_exact(&mut row).map_err(|e| damaged(&e))?;
        for (k, value) in row.chunks_exact(value_bytes).enumerate() {
            let k = start + k;
            let (pixel, channel) = match header.order() {
                Order::C => (k / 4, k % 4),
                Order::Fortran => (k % height * width + k / height % width, k / (height * width)),
            };
            udp.pixels[pixel][channel] = decode(value);
        }
    }
    // Reading on to the end is what compares the checksum.
    match entry.read(&mut [0]) {
        Ok(0) => Ok(udp),
        Ok(_) => Err(damaged(&"more data than it declares")),
        Err(e) => Err(damaged(&e)),
    }
}

/// The parsed header and its length in bytes. Only what NumPy itself would write gets as far as the parser, which
/// recurses into brackets.
fn read_header(reader: &mut impl Read) -> Result<(usize, NpyHeader), String> {
    let damaged = "the array's header is damaged; export or download it again";
    let mut header = vec![0; 10];
    reader.read_exact(&mut header).map_err(|_| damaged)?;
    if !header.starts_with(b"\x93NUMPY") {
        return Err("“i.npy” in it is no NumPy array; save it with numpy.savez_compressed(path, i=array)".into());
    }
    let mut text_bytes = u16::from_le_bytes([header[8], header[9]]) as usize;
    if header[6] >= 2 {
        let mut high = [0; 2];
        reader.read_exact(&mut high).map_err(|_| damaged)?;
        text_bytes |= (u16::from_le_bytes(high) as usize) << 16;
        header.extend(high);
    }
    if text_bytes > MAX_HEADER_BYTES {
        return Err(damaged.into());
    }
    let start = header.len();
    header.resize(start + text_bytes, 0);
    reader.read_exact(&mut header[start..]).map_err(|_| damaged)?;
    if header[start..].iter().filter(|b| b"([{".contains(b)).count() > 16 {
        return Err(damaged.into());
    }
    let parsed = NpyHeader::from_reader(header.as_slice()).map_err(|_| damaged)?;
    Ok((header.len(), parsed))
}

pub(super) fn write(udp: &Udp) -> io::Result<Vec<u8>> {
    // A fixed date: the same UDP gives the same bytes.
    let options =
        FileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("i.npy", options)?;
    let mut header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}, 4), }}", udp.height_px, udp.width_px);
    // NumPy pads with spaces so that the data begin at a multiple of 64.
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    header.push('\n');
    archive.write_all(b"\x93NUMPY\x01\x00")?;
    archive.write_all(&(header.len() as u16).to_le_bytes())?;
    archive.write_all(header.as_bytes())?;
    if cfg!(target_endian = "little") {
        archive.write_all(bytemuck::cast_slice(&udp.pixels))?;
    } else {
        for value in udp.pixels.as_flattened() {
            archive.write_all(&value.to_le_bytes())?;
        }
    }
    Ok(archive.finish()?.into_inner())
}
