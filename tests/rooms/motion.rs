//! Motions on the command line: what files hold, from one kind to another, and figures that move.

use super::cli::{events, fails, settei, succeeds, text};
use glam::Vec3;
use settei::events::Event;
use settei::export::bleed;
use settei::figure::HumanBone;
use settei::motion::{self, Take, bvh, vmd};
use settei::picture::decode::{Budget, Rules, decode};
use settei::pose::{Pose, Rig, library};
use settei::project::Project;
use settei::udp::Udp;
use std::path::Path;

/// Two poses, one second apart, as a BVH file and on the built-in figure.
fn furnish(folder: &Path) {
    let poses = ["stand", "walk"].map(|name| library::find(name).unwrap().1);
    let between = (0..=30).map(|i| Pose::blend(&poses[0], &poses[1], i as f32 / 30.0)).collect();
    let figure = settei::example::figure().unwrap();
    let take = Take::new("walk", 30.0, between);
    std::fs::write(folder.join("walk.bvh"), bvh::write(&take, &figure, &Rig::new(&figure)).unwrap()).unwrap();
}

#[test]
fn a_motion_goes_from_one_kind_of_file_to_another() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    for line in [
        "motion convert walk.bvh walk.vmd",
        "motion convert walk.vmd walk.vrma --figure FIGURE",
        "motion convert walk.vrma again.bvh",
        "motion convert walk.vrma:1 part.vrma --crop 10-20 --mirror --in-place --fps 15 --lock-feet --floor --loop 3",
    ] {
        assert!(succeeds(folder, line).contains("wrote "), "{line}");
    }
    let last = |name: &str| {
        let file = motion::load(&folder.join(name)).unwrap();
        (file.clips[0].frames, file.clips[0].frame(30).rotation(HumanBone::LeftUpperLeg))
    };
    let (frames, leg) = last("walk.bvh");
    assert_eq!(frames, 31);
    for name in ["walk.vmd", "walk.vrma", "again.bvh"] {
        let (count, turn) = last(name);
        assert_eq!(count, 31, "{name}");
        assert!(turn.angle_between(leg).to_degrees() < 8.0, "{name}: {turn} {leg}");
    }
    assert_eq!(motion::load(&folder.join("part.vrma")).unwrap().clips[0].frames, 6);

    let said = succeeds(folder, "motion info walk.bvh walk.vmd --save-names names.json");
    for what in ["walk.bvh  (BVH)", "31 frames at 30", "walk.vmd  (MMD)", "leftUpperLeg = LeftUpperLeg", "keys of"] {
        assert!(said.contains(what), "{said}");
    }
    succeeds(folder, "motion info walk.bvh --names names.json");
    let told = events(&succeeds(folder, "--json motion info walk.bvh"));
    assert!(matches!(&told[0], Event::Motion(info) if info.clips[0].frames == 31 && info.bones.len() > 20), "{told:?}");

    fails(folder, "motion convert walk.bvh walk.vmd", 1, &["walk.vmd is there already"]);
    fails(folder, "motion convert walk.bvh walk.fbx", 2, &["walk.fbx", ".vmd, .vrma or .bvh"]);
    fails(folder, "motion convert walk.bvh:Run x.vmd", 1, &["no clip called `Run`", "walk"]);
    fails(folder, "motion convert none.bvh x.vmd", 1, &["can't read the motion none.bvh"]);
    std::fs::write(folder.join("broken.vmd"), "Vocaloid Motion Data 0002").unwrap();
    fails(folder, "motion info broken.vmd", 1, &["broken.vmd is no usable motion"]);
    fails(folder, "motion info broken.vmd walk.bvh", 1, &["broken.vmd can't be used"]);
    fails(folder, "motion convert walk.bvh x.vmd --crop 5-1", 2, &["runs backwards"]);
}

#[test]
fn a_figure_moves_wherever_it_is_posed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    succeeds(folder, "udp --figure FIGURE --motion walk.bvh --frames 0,30 --size 64 --raster cpu --out poses");
    let udp = |name: &str| Udp::load(&folder.join(name)).unwrap();
    assert_ne!(udp("poses/walk_0000.npz"), udp("poses/walk_0030.npz"));
    let sheet =
        "sheet --figure FIGURE --motion walk.bvh --frames 0-30:15 --views front --size 96 --raster cpu --out sheet";
    succeeds(folder, sheet);
    assert!(folder.join("sheet/walk_0015-front.png").exists());
    succeeds(folder, "motion convert walk.bvh walk.vmd");
    let render = "render --sheet sheet --figure FIGURE --motion walk.vmd --frames 10 --picture-size 64 --raster cpu \
                  --engine landmark --out painted";
    succeeds(folder, render);
    assert!(folder.join("painted/walk_0010.png").exists());
    Project { frame_px: [48, 64], ..Project::example() }.save(&folder.join("p.settei")).unwrap();
    succeeds(folder, "project render p.settei --motion walk.bvh --frames 0,20 --raster cpu --out frames");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    assert_ne!(read("frames/p-walk_0000.png"), read("frames/p-walk_0020.png"));
    let both = settei(folder, "udp --figure FIGURE --motion walk.bvh --pose t --out o");
    assert_eq!(both.status.code(), Some(2), "{}", text(&both.stderr));
    fails(folder, "udp --figure FIGURE --frames 3 --pose t --out o", 2, &["--motion"]);
    fails(folder, "udp --figure FIGURE --motion walk.bvh --frames 3..x --out o", 2, &["no range of frames"]);
}

#[test]
fn the_camera_of_a_project_moves_while_the_figure_holds_its_pose() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut project = Project { frame_px: [48, 64], ..Project::example() };
    project.animation.camera.key(0, project.camera);
    project.animation.camera.key(20, project.camera.turned(90.0, 0.0));
    project.save(&folder.join("p.settei")).unwrap();
    succeeds(folder, "project render p.settei --frames 0,20 --no-sway --raster cpu --out frames");
    succeeds(folder, "project render p.settei --no-sway --raster cpu --out still");
    let read = |name: &str| {
        let file = folder.join(name);
        decode(&std::fs::read(&file).unwrap(), &file, Rules::DRAWING, &Budget::for_one()).unwrap().picture
    };
    let mut still = read("still/p.png");
    // A kept frame has colour under what is transparent.
    bleed(&mut still);
    assert!(read("frames/p_0000.png") == still, "from where it stands");
    assert!(read("frames/p_0020.png") != still, "from its side");
}

#[test]
fn a_motion_goes_over_into_a_second_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    succeeds(folder, "motion convert walk both.vrma --then wave --then-from 20 --fade 10");
    let [walk, wave] = ["walk", "wave"].map(|name| motion::library::find(name).unwrap());
    let both = motion::load(&folder.join("both.vrma")).unwrap().clips.remove(0);
    let begins_s = 20.0 / walk.fps;
    assert!((both.duration_s() - begins_s - wave.duration_s()).abs() < 1.5 / walk.fps, "{both:?}");
    let turn = |clip: &motion::Clip, s: f64| clip.at(s).rotation(HumanBone::RightUpperArm);
    let off = |s: f64, clip: &motion::Clip, at: f64| turn(&both, s).angle_between(turn(clip, at)).to_degrees();
    assert!(off(0.5 * begins_s, &walk, 0.5 * begins_s) < 1.0);
    let late_s = begins_s + 12.0 / walk.fps;
    assert!(off(late_s, &wave, late_s - begins_s) < 1.0 && off(late_s, &walk, late_s) > 5.0);

    // The same frames are drawn of it.
    let said = succeeds(folder, "udp --figure FIGURE --motion walk --then wave --frames 0-24:8 --size 64 --out frames");
    assert!(said.contains("walk_0024") || folder.join("frames").read_dir().unwrap().count() == 4, "{said}");
    fails(
        folder,
        "sheet --figure FIGURE --views 2 --then wave --out x",
        2,
        &["--then follows a motion", "--motion FILE"],
    );
    fails(folder, "udp --figure FIGURE --motion walk --fade 4 --out x", 2, &["--then"]);
    fails(folder, "motion convert walk x.vmd --then swim", 1, &["swim"]);
}

#[test]
fn the_camera_of_an_mmd_motion_sees_the_frames() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    furnish(folder);
    let key = vmd::CameraKey {
        frame: 0,
        distance: -45.0,
        target: Vec3::new(0.0, 10.0, 0.0),
        angles: Vec3::ZERO,
        curves: [vmd::Curve::LINEAR; 6],
        fov_deg: 30,
        perspective: true,
    };
    // It stands before the figure, and then looks past it.
    let camera = vec![key, vmd::CameraKey { frame: 20, target: Vec3::new(500.0, 10.0, 0.0), ..key }];
    std::fs::write(folder.join("camera.vmd"), vmd::Vmd { camera, ..vmd::Vmd::default() }.to_bytes()).unwrap();
    let line = "udp --figure FIGURE --motion walk.bvh --frames 0,10,20 --size 64 --raster cpu";
    succeeds(folder, &format!("{line} --camera-motion camera.vmd --out seen"));
    succeeds(folder, &format!("{line} --camera front --out front"));
    let udp = |name: &str| Udp::load(&folder.join(name)).unwrap();
    let seen = udp("seen/walk_0000.npz");
    assert!((200..2000).contains(&seen.surface_points()), "{}", seen.surface_points());
    // The body's left and right lie where they do from the front.
    let aslant = |udp: &Udp| -> f32 {
        let x = |columns: std::ops::Range<usize>| {
            let of = columns.flat_map(|x| (0..64).map(move |y| 64 * y + x)).map(|i| udp.pixels[i]);
            let (sum, count) = of.filter(|p| p[3] > 0.5).fold((0.0, 0.0), |(sum, n), p| (sum + p[0], n + 1.0));
            sum / count
        };
        x(32..64) - x(0..32)
    };
    let [seen, front] = [aslant(&seen), aslant(&udp("front/walk_0000.npz"))];
    assert!(seen * front > 0.0 && (seen / front - 1.0).abs() < 0.5, "{seen} {front}");
    assert_eq!(udp("seen/walk_0020.npz").surface_points(), 0, "it looks elsewhere");

    fails(folder, &format!("{line} --camera-motion walk.bvh --out none"), 1, &["walk.bvh moves no camera"]);
    fails(folder, "udp --figure FIGURE --pose sit --camera-motion camera.vmd --out none", 2, &["--motion"]);
    fails(
        folder,
        "sheet --figure FIGURE --motion walk.bvh --camera-motion camera.vmd --out none",
        2,
        &["leave --camera-motion out"],
    );
}
