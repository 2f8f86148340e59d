//! What of a figure moves by itself, as its file says: springs in VRM's terms, bodies and joints in MMD's.
//!
//! Here it is kept; `dynamics` moves it. All that has a place is in the space of a joint: metres before the scales of the
//! joints above.

use glam::{Quat, Vec3};

/// Springs and bodies of a figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Springs {
    /// What springs don't pass through.
    pub colliders: Vec<Collider>,
    /// VRM's springs. No joint is in two of them.
    pub chains: Vec<Spring>,
    /// MMD's bodies.
    pub bodies: Vec<Body>,
    /// What holds bodies together.
    pub ties: Vec<Tie>,
    /// Joints of this [`super::Joint::order`] and above have their turn after springs have moved (PMX's flag); `None`: none.
    pub late_order: Option<i32>,
}

impl Springs {
    /// Nothing moves by itself.
    pub fn is_empty(&self) -> bool {
        self.chains.is_empty() && self.bodies.is_empty()
    }
}

/// A shape that goes with a joint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collider {
    /// The joint.
    pub joint: u32,
    /// The shape, in the joint's space.
    pub shape: Shape,
}

/// What nothing may enter, or, of shapes turned `inside` out, leave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// All that is near a point.
    Sphere {
        /// The point.
        centre: Vec3,
        /// How near.
        radius: f32,
        /// Nothing leaves it.
        inside: bool,
    },
    /// All that is near a line.
    Capsule {
        /// The line's ends.
        ends: [Vec3; 2],
        /// How near.
        radius: f32,
        /// Nothing leaves it.
        inside: bool,
    },
    /// All behind a plane.
    Plane {
        /// A point of it.
        point: Vec3,
        /// Its direction, unit length.
        normal: Vec3,
    },
    /// A box.
    Cuboid {
        /// Its middle.
        centre: Vec3,
        /// How it is turned.
        rotation: Quat,
        /// Half its sizes.
        half: Vec3,
    },
}

/// A chain of joints that swing (a spring of VRM).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spring {
    /// What its author calls it.
    pub name: String,
    /// From the root to the tip; each swings about its own place.
    pub joints: Vec<SpringJoint>,
    /// Indices into [`Springs::colliders`], in the order in which they push.
    pub colliders: Vec<u32>,
    /// The joint whose movement moves the spring without swinging it.
    pub centre: Option<u32>,
}

/// A joint that swings. The numbers are VRM's: what they do is defined for 60 steps a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpringJoint {
    /// The joint.
    pub joint: u32,
    /// Its free end in its own space.
    pub tail: Vec3,
    /// How far the free end collides.
    pub radius: f32,
    /// How strongly it returns to where it was.
    pub stiffness: f32,
    /// The share of its speed that it loses in a step, 0 to 1.
    pub drag: f32,
    /// Direction and power of what pulls it, in the world.
    pub gravity: Vec3,
}

/// A rigid body of an MMD model.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Name in the file.
    pub name: String,
    /// The joint that it goes with, or that goes with it.
    pub joint: u32,
    /// Who leads.
    pub kind: BodyKind,
    /// Its shape in the joint's space: a sphere, a capsule or a cuboid.
    pub shape: Shape,
    /// 0 to 15.
    pub group: u8,
    /// Bit g: it collides with bodies of group g that collide with its own.
    pub mask: u16,
    /// In the file's unit.
    pub mass: f32,
    /// Share of speed and of turning speed that are lost in a second, 0 to 1.
    pub damping: [f32; 2],
    /// Share of its speed that it keeps when it bounces, 0 to 1.
    pub bounce: f32,
    /// Friction of its surface.
    pub friction: f32,
}

/// Who leads: the bone or its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// The body follows the bone.
    Follows,
    /// The bone follows the body.
    Leads,
    /// The bone takes the body's turn and stays where the skeleton has it.
    Turns,
}

/// What holds two bodies together (a joint of MMD's physics).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tie {
    /// Indices into [`Springs::bodies`].
    pub bodies: [u32; 2],
    /// Where it is in the world at rest, metres.
    pub place: Vec3,
    /// Its axes in the world at rest.
    pub rotation: Quat,
    /// Least and greatest shift of the second body against the first along the axes, metres; free where they are crossed.
    pub shifts: [Vec3; 2],
    /// Least and greatest turn about the axes, radians; free where they are crossed.
    pub turns: [Vec3; 2],
    /// Force for a metre along each axis, in the file's units of mass.
    pub pulls: Vec3,
    /// Torque for a radian about each axis, in the file's units.
    pub springs: Vec3,
}
