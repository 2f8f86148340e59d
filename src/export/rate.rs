//! [`Rate`]: frames a second, exactly.

use std::fmt;
use std::str::FromStr;

/// Frames a second as a ratio in lowest terms, such as 24/1 or 24000/1001. From 1 to 240; both numbers fit 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    frames: u32,
    seconds: u32,
}

impl Rate {
    /// The rate of a number: 23.976 is 24000/1001, as broadcasters mean it. Brought between 1 and 240.
    pub fn of(fps: f64) -> Self {
        let fps = if fps.is_finite() { fps.clamp(1.0, 240.0) } else { 24.0 };
        let whole = fps.round();
        if (fps - whole).abs() < 1e-6 {
            return Self { frames: whole as u32, seconds: 1 };
        }
        let broadcast = [24u32, 30, 60].into_iter().find(|n| (fps - f64::from(*n) * 1000.0 / 1001.0).abs() < 2e-3);
        if let Some(n) = broadcast {
            return Self { frames: n * 1000, seconds: 1001 };
        }
        Self::lowest((fps * 100.0).round() as u32, 100)
    }

    fn lowest(frames: u32, seconds: u32) -> Self {
        let (mut a, mut b) = (frames, seconds);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self { frames: frames / a.max(1), seconds: seconds / a.max(1) }
    }

    /// Numerator and denominator: so many frames in so many seconds.
    pub fn ratio(self) -> [u32; 2] {
        [self.frames, self.seconds]
    }

    /// When a frame begins, counted from 0, in units of which there are so many a second. Rounded for each frame anew, so
    /// that nothing adds up: at 24 a second in hundredths 0, 4, 8, 13, 17, 21, 25.
    pub fn begins(self, frame: u64, units: u64) -> u64 {
        let (frames, seconds) = (u128::from(self.frames), u128::from(self.seconds));
        ((2 * u128::from(frame) * seconds * u128::from(units) + frames) / (2 * frames)) as u64
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds {
            1 => write!(f, "{}", self.frames),
            seconds => write!(f, "{}/{seconds}", self.frames),
        }
    }
}

impl FromStr for Rate {
    type Err = String;

    /// `24`, `23.976` or `24000/1001`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no rate: frames a second are written like 24, 23.976 or 24000/1001 (1 to 240)");
        let rate = match text.split_once('/') {
            Some((frames, seconds)) => {
                let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| (1..=65_535).contains(n));
                let (frames, seconds) = number(frames).zip(number(seconds)).ok_or_else(wrong)?;
                // Delays of animations are 16 bits: a long denominator leaves no room for frames that are held.
                if seconds > 1001 {
                    return Err(wrong());
                }
                Self::lowest(frames, seconds)
            }
            None => Self::of(text.trim().parse().ok().filter(|fps| (1.0..=240.0).contains(fps)).ok_or_else(wrong)?),
        };
        let fps = f64::from(rate.frames) / f64::from(rate.seconds);
        if (1.0..=240.0).contains(&fps) { Ok(rate) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_exact_and_their_frames_do_not_drift() {
        for (text, ratio) in [
            ("24", [24, 1]),
            ("23.976", [24000, 1001]),
            ("30000/1001", [30000, 1001]),
            ("12.5", [25, 2]),
            ("59.94", [60000, 1001]),
        ] {
            assert_eq!(text.parse::<Rate>().unwrap().ratio(), ratio, "{text}");
        }
        for wrong in ["", "0", "241", "-1", "24/0", "1/1001", "x", "nan", "24/1/1", "60000/2002"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
        let rate: Rate = "24".parse().unwrap();
        let delays: Vec<u64> = (0..24).map(|i| rate.begins(i + 1, 100) - rate.begins(i, 100)).collect();
        assert_eq!(delays[..6], [4, 4, 5, 4, 4, 4]);
        assert_eq!(delays.iter().sum::<u64>(), 100);
        let broadcast: Rate = "23.976".parse().unwrap();
        assert_eq!(broadcast.begins(24000, 1000), 1_001_000);
        assert_eq!(broadcast.to_string(), "24000/1001");
        for fps in [1.0, 9.973, 33.333, 119.88, 240.0, f64::NAN] {
            assert!(Rate::of(fps).ratio().into_iter().all(|n| (1..=65_535).contains(&n)), "{fps}");
        }
    }
}
