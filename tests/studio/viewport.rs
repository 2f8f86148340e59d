//! The figure taken by the hand: with the mouse, as its users do.

use crate::bench::Bench;
use egui::{Modifiers, PointerButton, Pos2, Vec2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use glam::{Mat4, Vec3};
use settei::figure::HumanBone;
use settei::pose::{Pose, Posed, Rig};
use settei::project::Project;
use settei::studio::{Command, DocumentCommand, Edit, Gizmo, PoseCommand, SheetCommand, ViewCommand};

fn open() -> Bench {
    let mut bench = Bench::open(&[]);
    bench.settle();
    bench.until("the figure in the viewport", |s| s.content().viewport.is_some());
    bench.steps(3);
    bench
}

impl Bench {
    fn centre(&self, label: &str) -> Pos2 {
        self.window.get_by_label(label).rect().center()
    }

    fn button(&mut self, at: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) {
        self.window.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        self.window.step();
    }

    /// Presses at one place, moves in steps, lets go at another.
    fn drag(&mut self, from: Pos2, to: Pos2, button: PointerButton, modifiers: Modifiers) {
        self.window.hover_at(from);
        self.window.step();
        self.button(from, button, true, modifiers);
        for i in 1..=8 {
            self.window.hover_at(from + (to - from) * (i as f32 / 8.0));
            self.window.step();
        }
        self.button(to, button, false, modifiers);
        self.steps(2);
    }

    fn tap(&mut self, at: Pos2) {
        self.window.hover_at(at);
        self.window.step();
        self.button(at, PointerButton::Primary, true, Modifiers::NONE);
        self.button(at, PointerButton::Primary, false, Modifiers::NONE);
        self.steps(2);
    }

    /// Every text that is painted.
    fn texts(&self) -> Vec<String> {
        fn gather(shape: &egui::Shape, texts: &mut Vec<String>) {
            match shape {
                egui::Shape::Text(text) => texts.push(text.galley.text().to_owned()),
                egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| gather(shape, texts)),
                _ => {}
            }
        }
        let mut texts = Vec::new();
        self.window.output().shapes.iter().for_each(|shape| gather(&shape.shape, &mut texts));
        texts
    }

    fn pull(&mut self, label: &str, by: Vec2) -> Pos2 {
        let from = self.centre(label);
        self.drag(from, from + by, PointerButton::Primary, Modifiers::NONE);
        from + by
    }

    fn whole(&self) -> egui::Rect {
        self.window.ctx.content_rect()
    }

    fn find_bone(&mut self, words: &str) {
        self.type_into("Find a bone", words);
    }

    fn type_into(&mut self, label: &str, text: &str) {
        self.window.get_by_label(label).focus();
        self.steps(2);
        self.window.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
        self.window.key_press(egui::Key::Delete);
        self.steps(2);
        self.window.get_by_label(label).type_text(text);
        self.steps(30);
        self.window.key_press(egui::Key::Tab);
        self.steps(2);
    }

    fn pose(&self) -> Pose {
        self.studio().project().pose.clone()
    }

    /// Where a bone is in a pose.
    fn place(&self, pose: &Pose, bone: HumanBone) -> Vec3 {
        self.posed(pose, |posed| posed.place(posed.figure.humanoid.joint(bone).unwrap()))
    }

    fn posed<T>(&self, pose: &Pose, ask: impl FnOnce(&Posed<'_>) -> T) -> T {
        let subject = self.studio().content().subject().unwrap().clone();
        let rig = Rig::new(subject.figure());
        ask(&Posed::new(subject.figure(), &rig, pose.clone()))
    }

    fn joint(&self, bone: HumanBone) -> u32 {
        self.studio().content().subject().unwrap().figure().humanoid.joint(bone).unwrap()
    }

    /// World to screen, as the panel shows the output frame with some space around it.
    fn to_screen(&self) -> impl Fn(Vec3) -> (Pos2, f32) {
        let rect = self.window.get_by_label("Pose viewport").rect();
        let project = self.studio().project();
        let aspect = project.frame_px[0] as f32 / project.frame_px[1] as f32;
        let frame_height = rect.height().min(rect.width() / aspect) / 1.12;
        let camera = project.camera.camera(rect.width() / rect.height(), rect.height() / frame_height);
        let both: Mat4 = camera.projection * camera.view;
        move |point| {
            let seen = both.project_point3(point);
            let at = rect.center() + vec2(seen.x * rect.width(), -seen.y * rect.height()) / 2.0;
            (at, (camera.view * point.extend(1.0)).z)
        }
    }
}

#[test]
fn a_pulled_hand_is_where_the_pointer_is_and_the_elbow_bends_the_right_way() {
    let mut bench = open();
    for (side, by) in [("Left", vec2(25.0, -60.0)), ("Right", vec2(15.0, -80.0))] {
        let (hand, fore) = match side {
            "Left" => (HumanBone::LeftHand, HumanBone::LeftLowerArm),
            _ => (HumanBone::RightHand, HumanBone::RightLowerArm),
        };
        bench.send(PoseCommand::Take {
            name: "stand".into(),
            pose: settei::pose::library::find("stand").unwrap().1,
            only: None,
        });
        bench.send(Command::edit("Limits", Edit::JointLimits(false)));
        let before = bench.pose();
        let steps = bench.studio().history().clone();
        let from = bench.place(&before, hand);
        let (seen, depth) = bench.to_screen()(from);
        let label = format!("{side} hand handle");
        assert!(seen.distance(bench.centre(&label)) < 1.0, "the handle is on the hand");
        let pointer = bench.pull(&label, by);

        let after = bench.pose();
        let place = bench.place(&after, hand);
        let (seen, depth_after) = bench.to_screen()(place);
        // The point under the pointer, as deep as the hand was.
        let metres_a_point = 1e-3 / (bench.to_screen()(from + Vec3::Y * 1e-3).0 - bench.to_screen()(from).0).length();
        let missed = (seen.distance(pointer) * metres_a_point).hypot(depth_after - depth);
        assert!(missed < 0.01, "{side}: {missed} m away from the pointer");
        let forearm = after.rotation(fore) * if side == "Left" { Vec3::X } else { Vec3::NEG_X };
        assert!(forearm.z > -0.01, "{side}: the forearm points {forearm} as seen from the upper arm");
        assert_eq!(bench.studio().history().undo_label(), Some(format!("Pull {} hand", side.to_lowercase()).as_str()));
        bench.send(DocumentCommand::Undo);
        assert_eq!(bench.pose(), before, "one step a drag");
        assert_eq!(bench.studio().history().undo_label(), steps.undo_label());
    }
}

#[test]
fn hips_and_feet_follow_too() {
    let mut bench = open();
    bench.send(PoseCommand::Take {
        name: "stand".into(),
        pose: settei::pose::library::find("stand").unwrap().1,
        only: None,
    });
    let before = bench.pose();
    bench.pull("Hips handle", vec2(0.0, 40.0));
    let after = bench.pose();
    assert!(bench.place(&after, HumanBone::Hips).y < bench.place(&before, HumanBone::Hips).y - 0.03);
    let slid = bench.place(&after, HumanBone::LeftFoot).distance(bench.place(&before, HumanBone::LeftFoot));
    assert!(slid < 0.01, "the foot slid by {slid} m");
    bench.pull("Left foot handle", vec2(20.0, -60.0));
    let kick = bench.pose();
    assert!(bench.place(&kick, HumanBone::LeftFoot).y > bench.place(&after, HumanBone::LeftFoot).y + 0.05);
    for label in ["Chest handle", "Head handle", "Left elbow handle", "Right knee handle"] {
        let before = bench.pose();
        bench.pull(label, vec2(14.0, 9.0));
        assert_ne!(bench.pose(), before, "{label}");
        assert!(bench.pose().bones.values().all(|q| q.is_finite()));
    }
}

#[test]
fn a_handle_that_is_pressed_and_moved_at_once_is_pulled_and_the_view_stays() {
    for (label, by) in [
        ("Left hand handle", vec2(40.0, -70.0)),
        ("Hips handle", vec2(-60.0, 50.0)),
        ("Head handle", vec2(45.0, 20.0)),
        ("Rotate about the line of sight", vec2(-60.0, -20.0)),
        // As far as another panel.
        ("Right hand handle", vec2(-330.0, 40.0)),
    ] {
        let mut bench = open();
        bench.send(ViewCommand::Select(Some(bench.joint(HumanBone::RightUpperArm))));
        bench.steps(2);
        let (before, from) = (bench.studio().project().clone(), bench.centre(label));
        let button = |pressed, pos| egui::Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        // Both in one frame, as a quick hand or a slow machine has it.
        let events = [egui::Event::PointerMoved(from), button(true, from), egui::Event::PointerMoved(from + by)];
        bench.window.input_mut().events.extend(events);
        bench.steps(2);
        bench.window.hover_at(from + by * 1.2);
        bench.steps(2);
        bench.window.input_mut().events.push(button(false, from + by * 1.2));
        bench.steps(2);
        let after = bench.studio().project().clone();
        assert_ne!(after.pose, before.pose, "{label}: nothing was taken");
        assert_eq!(Project { pose: before.pose.clone(), ..(*after).clone() }, *before, "{label}");
        bench.send(DocumentCommand::Undo);
        assert_eq!(**bench.studio().project(), *before, "{label}: one step");
    }
}

#[test]
fn what_is_held_stays_in_hand_beyond_the_picture() {
    let mut bench = open();
    let before = bench.place(&bench.pose(), HumanBone::Hips);
    let from = bench.centre("Hips handle");
    bench.window.hover_at(from);
    bench.window.step();
    bench.button(from, PointerButton::Primary, true, Modifiers::NONE);
    for way in [vec2(100.0, -10.0), vec2(800.0, -60.0), vec2(900.0, -60.0), vec2(200.0, -40.0), vec2(30.0, -20.0)] {
        bench.window.hover_at(from + way);
        bench.steps(2);
    }
    bench.button(from + vec2(30.0, -20.0), PointerButton::Primary, false, Modifiers::NONE);
    bench.steps(2);
    let after = bench.place(&bench.pose(), HumanBone::Hips);
    let seen = bench.to_screen()(after).0;
    assert!(seen.distance(from + vec2(30.0, -20.0)) < 2.0, "the hips are at {seen}, from {before} to {after}");
    bench.send(DocumentCommand::Undo);
    assert_eq!(bench.studio().history().undo_label(), None);
}

#[test]
fn a_tracing_picture_lies_over_the_figure_and_goes_again() {
    let mut bench = open();
    assert!(bench.window.query_by_label("Lock the camera").is_none());
    let drawing = settei::project::DrawingSource::BuiltIn(settei::example::DRAWINGS[0].to_owned());
    bench.send(SheetCommand::Trace(drawing));
    bench.until("the tracing picture", |s| s.content().tracing.ready().is_some());
    bench.steps(2);
    bench.click("Over the figure");
    bench.click("Cancel");
    assert_eq!(bench.studio().project().tracing, None);
    assert!(bench.window.query_by_label("Lock the camera").is_none());
}

#[test]
fn a_ring_turns_the_selected_bone_alone() {
    let mut bench = open();
    bench.send(ViewCommand::Handles(Gizmo::Rotate));
    bench.send(ViewCommand::Select(Some(bench.joint(HumanBone::LeftUpperArm))));
    for ring in ["x", "y", "z", "the line of sight"] {
        let before = bench.pose();
        bench.pull(&format!("Rotate about {ring}"), vec2(9.0, 14.0));
        let after = bench.pose();
        let changed: Vec<HumanBone> =
            HumanBone::ALL.into_iter().filter(|&b| after.rotation(b) != before.rotation(b)).collect();
        assert_eq!(changed, [HumanBone::LeftUpperArm], "{ring}");
        assert_eq!((after.hips, &after.joints, &after.expressions), (before.hips, &before.joints, &before.expressions));
        assert_eq!(bench.studio().history().undo_label(), Some("Rotate left upper arm"));
        bench.send(DocumentCommand::Undo);
        assert_eq!(bench.pose(), before, "one step a drag");
    }
    // About the line of sight a quarter turn of the pointer is a quarter turn of the arm, the way the pointer goes.
    bench.send(Command::edit("Limits", Edit::JointLimits(false)));
    let arm = |bench: &Bench, pose: &Pose| {
        let (a, b) = (bench.place(pose, HumanBone::LeftUpperArm), bench.place(pose, HumanBone::LeftLowerArm));
        let seen = bench.to_screen();
        seen(b).0 - seen(a).0
    };
    let (before, from) = (bench.pose(), bench.centre("Rotate about the line of sight"));
    let middle = bench.to_screen()(bench.place(&before, HumanBone::LeftUpperArm)).0;
    let quarter = middle + (from - middle).rot90();
    let first = arm(&bench, &before);
    bench.drag(from, quarter, PointerButton::Primary, Modifiers::NONE);
    let turned = arm(&bench, &bench.pose());
    let angle = first.angle() - turned.angle();
    let whole = std::f32::consts::TAU;
    let angle = (angle + whole / 2.0).rem_euclid(whole) - whole / 2.0;
    assert!((angle - (from - middle).angle() + (quarter - middle).angle()).abs() < 0.12, "{}°", angle.to_degrees());
}

#[test]
fn the_view_turns_moves_and_zooms_and_nothing_else_changes() {
    let mut bench = open();
    let corner = bench.window.get_by_label("Pose viewport").rect().min + vec2(30.0, 30.0);
    let mut last = bench.studio().project().clone();
    let first = last.clone();
    for (what, button, modifiers) in [
        ("right drag", PointerButton::Secondary, Modifiers::NONE),
        ("left drag with Alt", PointerButton::Primary, Modifiers::ALT),
        ("left drag on nothing", PointerButton::Primary, Modifiers::NONE),
        ("middle drag", PointerButton::Middle, Modifiers::NONE),
        ("right drag with Shift", PointerButton::Secondary, Modifiers::SHIFT),
    ] {
        bench.window.event(egui::Event::ModifiersChanged(modifiers));
        bench.drag(corner, corner + vec2(60.0, 25.0), button, modifiers);
        let now = bench.studio().project().clone();
        assert_ne!(now.camera, last.camera, "{what}");
        assert_eq!(Project { camera: last.camera, ..(*now).clone() }, *last, "{what}");
        let pans = what.starts_with("middle") || what.ends_with("Shift");
        assert_eq!(
            (now.camera.yaw_deg == last.camera.yaw_deg, now.camera.target != last.camera.target),
            (pans, pans),
            "{what}"
        );
        last = now;
    }
    bench.window.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    bench.window.hover_at(corner);
    bench.window.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 120.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    bench.steps(120);
    let now = bench.studio().project().clone();
    assert!(now.camera.distance_m < 0.9 * last.camera.distance_m, "the wheel comes nearer");
    assert_eq!(Project { camera: last.camera, ..(*now).clone() }, *last);
    for _ in 0..6 {
        bench.send(DocumentCommand::Undo);
    }
    assert_eq!(**bench.studio().project(), *first, "one step each");
    bench.window.key_press(egui::Key::F);
    bench.steps(2);
    assert_eq!(bench.studio().project().pose, first.pose);
}

#[test]
fn the_wheel_zooms_at_the_pointer() {
    let mut bench = open();
    let hand = bench.place(&bench.pose(), HumanBone::LeftHand);
    let at = bench.to_screen()(hand).0;
    bench.window.hover_at(at);
    bench.window.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 150.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    let before = bench.studio().project().camera;
    bench.steps(120);
    let after = bench.studio().project().camera;
    assert!(after.distance_m < 0.8 * before.distance_m, "{} m", after.distance_m);
    // A hand is not quite as deep as the middle of the view.
    let moved = bench.to_screen()(hand).0.distance(at);
    assert!(moved < 12.0, "what was under the pointer went {moved} points away");
}

#[test]
fn the_selected_bone_is_framed() {
    let mut bench = open();
    let button = |bench: &Bench| bench.window.get_by_label("Frame the selected bone").accesskit_node().is_disabled();
    bench.click("Camera");
    assert!(button(&bench), "nothing is selected");
    bench.send(ViewCommand::Select(Some(bench.joint(HumanBone::LeftHand))));
    let before = bench.studio().project().camera;
    bench.click("Frame the selected bone");
    let after = bench.studio().project().camera;
    assert!(after.distance_m < 0.4 * before.distance_m, "a hand is small");
    assert_eq!((after.yaw_deg, after.pitch_deg), (before.yaw_deg, before.pitch_deg), "seen from the same side");
    // The wrist is at the hand's end, the knuckles are in its middle.
    let view = bench.window.get_by_label("Pose viewport").rect();
    let seen = |bone| bench.to_screen()(bench.place(&bench.pose(), bone)).0;
    assert!(view.contains(seen(HumanBone::LeftHand)), "{:?} in {view:?}", seen(HumanBone::LeftHand));
    let away = seen(HumanBone::LeftMiddleProximal).distance(view.center());
    assert!(away < 160.0, "{away} points from the middle");
    bench.send(DocumentCommand::Undo);
    bench.window.key_press_modifiers(Modifiers::SHIFT, egui::Key::F);
    bench.steps(3);
    assert_eq!(bench.studio().project().camera, after, "the key does the same");
}

#[test]
fn angles_just_below_nought_have_no_sign() {
    let mut bench = open();
    let joint = bench.joint(HumanBone::Head);
    bench.send(ViewCommand::Select(Some(joint)));
    for degrees in [-0.4f32, -0.001] {
        let mut pose = bench.pose();
        pose.bones.insert(HumanBone::Head, glam::Quat::from_rotation_x(degrees.to_radians()));
        bench.send(Command::edit("Nod", Edit::Pose(pose)));
        bench.steps(2);
        let field = bench.window.get_by_label("Head about x");
        let value = field.accesskit_node().numeric_value().unwrap();
        assert!(value == 0.0 && value.is_sign_positive(), "{value}");
        let texts = bench.texts();
        assert!(texts.iter().any(|text| text == "0") && !texts.iter().any(|text| text.contains("-0")), "{texts:?}");
    }
}

#[test]
fn the_list_and_the_viewport_agree_on_what_is_selected() {
    let mut bench = open();
    bench.find_bone("lower leg");
    bench.click("Left lower leg");
    assert_eq!(bench.studio().display().selected, Some(bench.joint(HumanBone::LeftLowerLeg)));
    assert!(bench.window.query_by_label("Left lower leg about x").is_some(), "its angles are shown");

    bench.find_bone("");

    // A click on a dot; no handle lies over the left toes.
    let at = bench.to_screen()(bench.place(&bench.pose(), HumanBone::LeftToes)).0;
    bench.tap(at);
    assert_eq!(bench.studio().display().selected, Some(bench.joint(HumanBone::LeftToes)));
    bench.steps(10);
    let listed: Vec<_> = bench.window.query_all_by_label("Left toes").map(|node| node.rect()).collect();
    let window = bench.whole();
    assert!(listed.iter().any(|row| window.contains_rect(*row)), "the list shows it: {listed:?}");

    // A click on the mesh, away from dots and lines.
    let knee = bench.place(&bench.pose(), HumanBone::RightLowerLeg);
    let hip = bench.place(&bench.pose(), HumanBone::RightUpperLeg);
    let thigh = bench.to_screen()(knee.lerp(hip, 0.45) + Vec3::X * -0.045).0;
    bench.tap(thigh);
    assert_eq!(bench.studio().display().selected, Some(bench.joint(HumanBone::RightUpperLeg)));

    // A click on a handle selects its bone; on nothing, nothing.
    let hand = bench.centre("Right hand handle");
    bench.tap(hand);
    assert_eq!(bench.studio().display().selected, Some(bench.joint(HumanBone::RightHand)));
    let corner = bench.window.get_by_label("Pose viewport").rect().min + vec2(20.0, 20.0);
    bench.tap(corner);
    assert_eq!(bench.studio().display().selected, None);

    bench.find_bone("thumb");
    assert!(bench.window.query_by_label("Left lower leg").is_none());
    bench.click("Left thumb distal");
    assert_eq!(bench.studio().display().selected, Some(bench.joint(HumanBone::LeftThumbDistal)));
}

#[test]
fn an_angle_can_be_typed_and_limits_hold_it() {
    let mut bench = open();
    bench.find_bone("lower leg");
    bench.click("Left lower leg");
    let field = bench.centre("Left lower leg about x");
    bench.drag(field, field + vec2(-900.0, 0.0), PointerButton::Primary, Modifiers::NONE);
    let knee = bench.pose().rotation(HumanBone::LeftLowerLeg);
    assert!(settei::pose::limits::excess_deg(HumanBone::LeftLowerLeg, knee) < 0.1, "a knee does not bend forwards");
    assert_eq!(bench.studio().history().undo_label(), Some("Rotate left lower leg"));
    bench.window.key_press(egui::Key::J);
    bench.steps(2);
    assert!(!bench.studio().project().joint_limits);
    bench.drag(field, field + vec2(-300.0, 0.0), PointerButton::Primary, Modifiers::NONE);
    let knee = bench.pose().rotation(HumanBone::LeftLowerLeg);
    assert!(settei::pose::limits::excess_deg(HumanBone::LeftLowerLeg, knee) > 20.0, "now it does: {knee}");
}

#[test]
fn without_a_figure_the_panel_says_what_to_do() {
    let mut bench = open();
    bench.send(Command::edit("Remove the figure", Edit::Figure(None)));
    bench.steps(3);
    assert!(bench.window.query_by_label("Open a figure…").is_some());
    bench.send(Command::edit(
        "Open",
        Edit::Figure(Some(settei::project::FigureSource::File("/nowhere/doll.vrm".into()))),
    ));
    bench.until("the failure", |s| matches!(s.content().figure, settei::studio::Loaded::Failed(_)));
    bench.steps(3);
    assert!(bench.window.query_by_label_contains("doll.vrm can't be shown").is_some());
    assert!(bench.window.query_all_by_label("Locate…").next().is_some());
}

#[test]
fn the_toolbar_changes_the_output_and_keeps_cameras() {
    let mut bench = open();
    let size = bench.studio().project().frame_px;
    bench.click(&format!("{} × {}", size[0], size[1]));
    bench.click("1:1 square");
    assert_eq!(bench.studio().project().frame_px, [1024, 1024]);
    // Paper and screens are as large as they are, and the menu goes on saying so.
    for (name, size) in [
        ("A4 upright, 300 dpi", [2480, 3508]),
        ("A4 lying, 300 dpi", [3508, 2480]),
        ("Full HD video", [1920, 1080]),
        ("1:1 square", [1920, 1920]),
    ] {
        let shown = bench.studio().project().frame_px;
        let button = format!("{} × {}", shown[0], shown[1]);
        let buttons = bench.window.query_all_by_label_contains(&button).map(|node| node.rect()).collect::<Vec<_>>();
        bench.tap(buttons[0].center());
        bench.click(name);
        assert_eq!(bench.studio().project().frame_px, size, "{name}");
        if name != "1:1 square" {
            bench.window.get_by_label(&format!("{name} ({} × {})", size[0], size[1]));
        }
    }
    bench.send(DocumentCommand::Undo);
    bench.click("Camera");
    bench.type_into("Name of the camera to keep", "mine");
    bench.click("Keep camera");
    assert_eq!(bench.studio().project().cameras[0].name, "mine");
    let whole = bench.whole();
    for label in ["Lit", "UDP", "Wire", "Handles", "Camera", "Limits", "Full HD video (1920 × 1080)"] {
        // A panel's tab of the same name, further down, may be scrolled away.
        for node in bench.window.query_all_by_label(label).filter(|node| node.rect().top() < 150.0) {
            assert!(whole.contains_rect(node.rect()), "{label} is cut off");
        }
    }
}
