//! Rigid bodies on figures made by hand; real ones are in `tests/rooms/dynamics.rs`.

use crate::dynamics::{Bodies, Chains, Settings};
use crate::figure::springs::{Body, BodyKind, Shape, Springs, Tie};
use crate::figure::{Figure, Joint, LocalPose};
use glam::{Quat, Vec3};

fn rigid() -> Settings {
    Settings { bodies: Bodies::Rigid, ..Settings::default() }
}

/// A root with bones beside each other along x, 10 cm apart; from each a bone of 20 cm goes along z, with a thick body that may
/// turn anyhow about its place.
fn fringe(count: usize) -> Figure {
    let mut joints = vec![Joint::new("root", None, Vec3::Y)];
    joints.extend((0..count).map(|i| Joint::new(&format!("strand {i}"), Some(0), Vec3::X * 0.1 * i as f32)));
    let body = |name: String, joint: u32, kind: BodyKind, shape: Shape| Body {
        name,
        joint,
        kind,
        shape,
        group: joint.min(1) as u8,
        mask: 2,
        mass: 1.0,
        damping: [0.5, 0.5],
        bounce: 0.0,
        friction: 0.5,
    };
    let head = Shape::Sphere { centre: Vec3::ZERO, radius: 0.02, inside: false };
    let strand = Shape::Capsule { ends: [Vec3::Z * 0.02, Vec3::Z * 0.2], radius: 0.045, inside: false };
    let mut bodies = vec![body("head".into(), 0, BodyKind::Follows, head)];
    bodies.extend((1..=count as u32).map(|i| body(format!("strand {i}"), i, BodyKind::Leads, strand)));
    let tie = |i: u32| Tie {
        bodies: [0, i],
        place: Vec3::Y + Vec3::X * 0.1 * (i - 1) as f32,
        rotation: Quat::IDENTITY,
        shifts: [Vec3::ZERO; 2],
        turns: [Vec3::splat(-2.0), Vec3::splat(2.0)],
        pulls: Vec3::ZERO,
        springs: Vec3::ZERO,
    };
    let springs = Springs { bodies, ties: (1..=count as u32).map(tie).collect(), ..Springs::default() };
    Figure { joints, springs, ..Figure::default() }
}

#[test]
#[cfg(not(feature = "rigid"))]
fn who_asks_for_rigid_bodies_of_a_program_without_them_is_told_and_gets_light_ones() {
    let figure = fringe(2);
    let chains = Chains::new(&figure, &rigid());
    assert!(chains.warnings.iter().any(|warning| warning.contains("feature rigid")), "{:?}", chains.warnings);
    let rest = LocalPose::rest(&figure);
    assert_eq!(chains.settle(&figure, rest.clone()), Chains::new(&figure, &Settings::default()).settle(&figure, rest));
}

#[cfg(feature = "rigid")]
mod moved {
    use super::*;
    use crate::dynamics::Run;
    use crate::figure::skinning;

    /// Where the ends of all strands are.
    fn ends(figure: &Figure, pose: &LocalPose) -> Vec<Vec3> {
        let world = skinning::world_transforms(figure, pose);
        world[1..].iter().map(|strand| strand.transform_point3(Vec3::Z * 0.2)).collect()
    }

    /// The head goes aside and back, and turns.
    fn shaken(figure: &Figure) -> impl Fn(f64) -> LocalPose + use<> {
        let rest = LocalPose::rest(figure);
        move |seconds| {
            let mut pose = rest.clone();
            let t = seconds as f32;
            pose.translations[0].x += 0.2 * (9.0 * t).sin();
            pose.rotations[0] = Quat::from_rotation_z(0.5 * (4.0 * t).sin());
            pose
        }
    }

    #[test]
    fn a_strand_hangs_down_and_swings_no_farther_than_its_tie_lets_it() {
        let mut figure = fringe(1);
        let chains = Chains::new(&figure, &rigid());
        assert_eq!((chains.joints(), chains.warnings.len()), (vec![1], 0));
        let hangs = |figure: &Figure, chains: &Chains| {
            let pose = chains.settle(figure, LocalPose::rest(figure));
            ends(figure, &pose)[0]
        };
        let end = hangs(&figure, &chains);
        assert!(end.distance(Vec3::new(0.0, 0.8, 0.0)) < 0.01, "{end}");
        // It may go down by 30° alone.
        figure.springs.ties[0].turns = [Vec3::splat(-30f32.to_radians()), Vec3::splat(30f32.to_radians())];
        let end = hangs(&figure, &Chains::new(&figure, &rigid()));
        let down = ((1.0 - end.y) / 0.2).asin().to_degrees();
        assert!((down - 30.0).abs() < 2.0, "{down}°");
        // Without gravity it stays.
        let weightless = Settings { gravity: 0.0, ..rigid() };
        let end = hangs(&figure, &Chains::new(&figure, &weightless));
        assert!(end.distance(Vec3::new(0.0, 1.0, 0.2)) < 1e-3, "{end}");
    }

    #[test]
    fn strands_push_each_other() {
        // The head tilts until one strand hangs above the other.
        let apart = |figure: &Figure| {
            let rest = LocalPose::rest(figure);
            let lead = |seconds: f64| {
                let mut pose = rest.clone();
                pose.rotations[0] = Quat::from_rotation_z(-(seconds as f32).min(1.0) * std::f32::consts::FRAC_PI_2);
                pose
            };
            let pose = Run::new(figure, &Chains::new(figure, &rigid()), &lead).pose(6.0);
            let lower = skinning::world_transforms(figure, &pose)[2];
            let [from, to] = [0.02, 0.2].map(|z| lower.transform_point3(Vec3::Z * z));
            let end = ends(figure, &pose)[0];
            let along = ((end - from).dot(to - from) / (to - from).length_squared()).clamp(0.0, 1.0);
            end.distance(from.lerp(to, along))
        };
        // Each is 9 cm thick.
        let figure = fringe(2);
        let mut through = fringe(2);
        through.springs.bodies.iter_mut().for_each(|body| body.mask = 0);
        let (pushed, through) = (apart(&figure), apart(&through));
        assert!(pushed > 0.08 && through < 0.03, "{pushed} m, {through} m");
    }

    #[test]
    fn the_same_bits_come_whatever_frames_are_asked_for() {
        let figure = fringe(3);
        let chains = Chains::new(&figure, &rigid());
        let lead = shaken(&figure);
        let at = |fps: f64, seconds: f64| {
            let mut run = Run::new(&figure, &chains, &lead);
            (0..=(seconds * fps) as u32).map(|frame| run.at(f64::from(frame) / fps)).last().unwrap()
        };
        assert_eq!(at(60.0, 1.5), at(30.0, 1.5));
        assert_eq!(at(60.0, 1.5), Run::new(&figure, &chains, &lead).at(1.5));
    }

    #[test]
    fn what_is_put_elsewhere_takes_along_what_hangs_and_wind_lifts_it() {
        let figure = fringe(2);
        let chains = Chains::new(&figure, &rigid());
        let rest = LocalPose::rest(&figure);
        let lead = |seconds: f64| {
            let mut pose = rest.clone();
            pose.translations[0].x += if seconds > 0.5 { 50.0 } else { 0.0 };
            pose
        };
        let mut run = Run::new(&figure, &chains, &lead);
        let before = ends(&figure, &run.pose(0.5));
        let after = ends(&figure, &run.pose(0.55));
        for (before, after) in before.iter().zip(&after) {
            assert!((*after - *before).distance(Vec3::X * 50.0) < 0.1, "{before} to {after}");
        }
        let wind = crate::dynamics::Wind { direction: Vec3::Z, strength: 7.84, gusts: 0.0, seed: 0 };
        let windy = Chains::new(&figure, &Settings { wind: Some(wind), ..rigid() });
        let still = |_: f64| rest.clone();
        let end = ends(&figure, &Run::new(&figure, &windy, &still).pose(6.0))[0];
        // As strong as gravity: half-way up.
        let lifted = (end - Vec3::Y).normalize();
        assert!((lifted.z - 0.5f32.sqrt()).abs() < 0.15, "{lifted}");
    }

    #[test]
    fn nonsense_in_a_file_does_no_harm() {
        for (mass, damping, turns) in [(1e-6, 1.0, 1e-6), (1e9, 0.0, 1e9), (1.0, 1.0, -1.0)] {
            let mut figure = fringe(3);
            for body in &mut figure.springs.bodies {
                (body.mass, body.damping) = (mass, [damping; 2]);
                body.shape = Shape::Sphere { centre: Vec3::ZERO, radius: 0.0, inside: false };
            }
            for tie in &mut figure.springs.ties {
                tie.turns = [Vec3::splat(-turns), Vec3::splat(turns)];
                (tie.pulls, tie.springs) = (Vec3::splat(1e9), Vec3::splat(1e9));
            }
            let chains = Chains::new(&figure, &rigid());
            let lead = shaken(&figure);
            let mut run = Run::new(&figure, &chains, &lead);
            for frame in 0..30 {
                let sway = run.at(f64::from(frame) / 10.0);
                assert!(sway.iter().all(|(_, turn)| turn.is_finite() && turn.is_normalized()), "{mass}");
            }
        }
    }
}
