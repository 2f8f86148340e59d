//! The 1 € filter: what trembles is smoothed, what moves fast is followed (Casiez, Roussel, Vogel: *1 € Filter: A Simple
//! Speed-based Low-pass Filter for Noisy Input in Interactive Systems*, CHI 2012).

use glam::{Quat, Vec3};
use std::f32::consts::TAU;

/// The speed itself is smoothed with this, hertz: the paper's choice.
const SPEED_CUTOFF_HZ: f32 = 1.0;
/// Two values are no closer in time, seconds: what a network held up and then delivers at once is no fast movement.
const CLOSEST_S: f32 = 1.0 / 250.0;

/// How much is smoothed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Smoothing {
    /// Nothing: for senders that smooth themselves
    Off,
    /// For suits and headsets
    #[default]
    Light,
    /// For cameras
    Medium,
    /// A calm figure that follows late
    Strong,
}

impl Smoothing {
    /// All with what they are called, and for whom they are.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Off, "Off", "For senders that smooth themselves"),
        (Self::Light, "Light", "For suits and headsets"),
        (Self::Medium, "Medium", "For cameras"),
        (Self::Strong, "Strong", "A calm figure that follows late"),
    ];

    /// The cutoff at rest in hertz, and by how much it rises with the speed: hertz for each radian a second.
    fn numbers(self) -> Option<[f32; 2]> {
        match self {
            Self::Off => None,
            Self::Light => Some([3.0, 2.0]),
            Self::Medium => Some([1.2, 1.2]),
            Self::Strong => Some([0.5, 0.6]),
        }
    }
}

/// How much of the way to a new value is gone.
fn share(cutoff_hz: f32, seconds: f32) -> f32 {
    let r = TAU * cutoff_hz * seconds;
    r / (r + 1.0)
}

/// A filter of rotations. Its speed is a rotation vector, radians a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn(State<Quat>);

/// A filter of places, metres. A metre is as much as two radians.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way(State<Vec3>);

#[derive(Clone, Copy, Debug)]
struct State<T> {
    raw: T,
    smooth: T,
    speed: Vec3,
    at_s: f64,
}

impl<T: Copy> State<T> {
    fn new(value: T, at_s: f64) -> Self {
        Self { raw: value, smooth: value, speed: Vec3::ZERO, at_s }
    }

    /// Takes the next value; `way`: from the last one there, in the unit of the speed. The share of the way to it.
    fn step(&mut self, value: T, way: Vec3, at_s: f64, smoothing: Smoothing) -> f32 {
        let seconds = ((at_s - self.at_s) as f32).max(CLOSEST_S);
        self.speed = self.speed.lerp(way / seconds, share(SPEED_CUTOFF_HZ, seconds));
        (self.raw, self.at_s) = (value, at_s);
        smoothing.numbers().map_or(1.0, |[rest_hz, rise]| share(rest_hz + rise * self.speed.length(), seconds))
    }
}

impl Turn {
    pub(super) fn new(value: Quat, at_s: f64) -> Self {
        Self(State::new(value, at_s))
    }

    /// The next rotation, smoothed.
    pub(super) fn next(&mut self, value: Quat, at_s: f64, smoothing: Smoothing) -> Quat {
        let near = |to: Quat, from: Quat| if to.dot(from) < 0.0 { -to } else { to };
        let way = (near(value, self.0.raw) * self.0.raw.inverse()).to_scaled_axis();
        let share = self.0.step(value, way, at_s, smoothing);
        self.0.smooth = self.0.smooth.slerp(near(value, self.0.smooth), share).normalize();
        self.0.smooth
    }
}

impl Way {
    pub(super) fn new(value: Vec3, at_s: f64) -> Self {
        Self(State::new(value, at_s))
    }

    /// The next place, smoothed.
    pub(super) fn next(&mut self, value: Vec3, at_s: f64, smoothing: Smoothing) -> Vec3 {
        let way = 2.0 * (value - self.0.raw);
        let share = self.0.step(value, way, at_s, smoothing);
        self.0.smooth = self.0.smooth.lerp(value, share);
        self.0.smooth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FPS: f64 = 60.0;
    /// Tremble of a degree, the same each time.
    fn tremble(frame: usize) -> f32 {
        let hash = (frame as u32).wrapping_mul(0x9E37_79B9).rotate_left(13).wrapping_mul(0x85EB_CA6B);
        ((hash >> 8) as f32 / (1 << 24) as f32 * 2.0 - 1.0).to_radians()
    }

    /// The largest error over the second half of two seconds; degrees.
    fn error_deg(smoothing: Smoothing, truth: impl Fn(f64) -> f32, noise: f32) -> f32 {
        let mut filter = Turn::new(Quat::from_rotation_y(truth(0.0)), 0.0);
        let mut worst = 0.0f32;
        for frame in 1..120 {
            let at_s = frame as f64 / FPS;
            let sent = Quat::from_rotation_y(truth(at_s) + noise * tremble(frame));
            // Senders change signs as they like.
            let sent = if frame % 3 == 0 { -sent } else { sent };
            let seen = filter.next(sent, at_s, smoothing);
            if frame > 60 {
                worst = worst.max(seen.angle_between(Quat::from_rotation_y(truth(at_s))).to_degrees());
            }
        }
        worst
    }

    #[test]
    fn what_trembles_is_smoothed_and_what_moves_is_followed() {
        let still = |_: f64| 0.4;
        let raw = error_deg(Smoothing::Off, still, 1.0);
        let [light, medium, strong] =
            [Smoothing::Light, Smoothing::Medium, Smoothing::Strong].map(|smoothing| error_deg(smoothing, still, 1.0));
        assert!(
            raw > 0.9 && light < 0.75 * raw && medium < 0.6 * light && strong < 0.6 * medium,
            "{raw} {light} {medium} {strong}"
        );
        // An arm that is swung by a right angle each half second lags less than two frames' way.
        let swung = |s: f64| s as f32 * 180f32.to_radians();
        let two_frames_deg = 2.0 * 180.0 / FPS as f32;
        let lag = error_deg(Smoothing::Light, swung, 0.0);
        assert!(lag < two_frames_deg, "{lag}° of {two_frames_deg}°");
        assert!(error_deg(Smoothing::Off, swung, 1.0) < 1.01);
    }

    #[test]
    fn places_settle_where_they_are_and_a_burst_is_no_leap() {
        let mut filter = Way::new(Vec3::ZERO, 0.0);
        for frame in 1..240 {
            filter.next(Vec3::new(1.0, 2.0, 3.0), frame as f64 / FPS, Smoothing::Medium);
        }
        assert!(filter.0.smooth.distance(Vec3::new(1.0, 2.0, 3.0)) < 1e-2);
        // Values of the same moment: numbers stay numbers.
        let seen = filter.next(Vec3::ZERO, 239.0 / FPS, Smoothing::Medium);
        assert!(seen.is_finite() && seen.length() > 1.0);
    }
}
