//! Damaged files.

use super::*;

/// Small files of each kind, which are changed at random.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let figure = mio();
    let rig = Rig::new(&figure);
    let poses = ["walk", "sit"].map(|name| library::find(name).unwrap().1).to_vec();
    let take = Take::new("two", 30.0, poses);
    let vmd = vmd::bake(&take.clone().into_clip(), &figure, &rig, vmd::Legs::Led).unwrap().vmd;
    vec![
        ("a.vmd", vmd.to_bytes()),
        ("a.vrma", vrma::write(&take, &figure, &rig).unwrap()),
        ("a.bvh", bvh::write(&take, &figure, &rig).unwrap().into_bytes()),
        ("a.glb", skewed(&take.poses[0])),
    ]
}

/// Changed bytes, cut ends, doubled pieces and odd numbers: nothing panics, hangs or makes a pose that is none. `MUTATIONS`
/// says how many of each kind; then, with no other test beside, memory is held to four times what the whole files take.
#[test]
fn damaged_files_are_read_or_refused() {
    let asked: Option<u64> = std::env::var("MUTATIONS").ok().and_then(|count| count.parse().ok());
    let (count, seeds) = (asked.unwrap_or(400), seeds());
    for (name, seed) in &seeds {
        from_bytes(Path::new(name), seed, None).unwrap();
    }
    let clean = crate::memory::peak();
    for (name, seed) in seeds {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut dice = move |most: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as usize % most.max(1)
        };
        let (mut read, started) = (0, std::time::Instant::now());
        for _ in 0..count {
            let mut bytes = seed.clone();
            for _ in 0..=dice(4) {
                let at = dice(bytes.len());
                match dice(6) {
                    0 | 1 => bytes[at] = dice(256) as u8,
                    2 => bytes.truncate(at.max(bytes.len() / 2)),
                    3 => {
                        let word = [u32::MAX, 0, 1, i32::MAX as u32, f32::NAN.to_bits(), 1e30f32.to_bits()][dice(6)];
                        let end = (at + 4).min(bytes.len());
                        bytes[at..end].copy_from_slice(&word.to_le_bytes()[..end - at]);
                    }
                    4 => {
                        let piece = bytes[at..(at + dice(200)).min(bytes.len())].to_vec();
                        bytes.splice(at..at, piece);
                    }
                    _ => {
                        let digits: &[u8] = [&b"999999999"[..], b"-1", b"1e39", b"null", b"{", b"}"][dice(6)];
                        let end = (at + digits.len()).min(bytes.len());
                        bytes.splice(at..end, digits.iter().copied());
                    }
                }
                if bytes.is_empty() {
                    bytes.push(0);
                }
            }
            match from_bytes(Path::new(name), &bytes, None) {
                Ok(file) => {
                    read += 1;
                    for clip in file.clips.iter().take(2) {
                        for seconds in [0.0, 0.021, clip.duration_s(), f64::INFINITY] {
                            assert!(is_sound(&clip.at(seconds)), "{name}");
                        }
                    }
                }
                Err(error) => assert!(error.to_string().contains(name), "{error}"),
            }
        }
        let (now, clean) = (crate::memory::peak().unwrap_or(0), clean.unwrap_or(0));
        eprintln!("{name}: {read} of {count} were read, {:?}; {} of {} MiB", started.elapsed(), now >> 20, clean >> 20);
        assert!(asked.is_none() || now < 4 * clean.max(1), "{name} takes {now} bytes, whole files {clean}");
    }
}
