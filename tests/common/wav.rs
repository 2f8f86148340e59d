//! A small sound file.

/// Samples a second of each channel.
pub const RATE: u32 = 8000;

/// A tone that is so loud for so many seconds, piece by piece, on the left; the right is silent.
pub fn wav(pieces: &[(f64, f64)]) -> Vec<u8> {
    let mut samples = Vec::new();
    for (seconds, loudness) in pieces {
        for i in 0..(seconds * f64::from(RATE)).round() as u32 {
            let tone = (f64::from(i) * 440.0 * std::f64::consts::TAU / f64::from(RATE)).sin();
            samples.extend([(tone * loudness * 32767.0) as i16, 0].map(i16::to_le_bytes).concat());
        }
    }
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((4 * RATE).to_le_bytes());
    bytes.extend(b"\x04\0\x10\0data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}
