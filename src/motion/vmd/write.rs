//! The bytes of a VMD file that is written: what [`super::read`] understands comes back equal.

use super::document::{BoneKey, Name, Vmd};
use super::{PHYSICS_OFF, SIGNATURE};
use glam::Vec3;

/// The bytes of a file.
pub(super) fn write(vmd: &Vmd) -> Vec<u8> {
    let mut out = Vec::with_capacity(100 + vmd.bone_keys() * 111 + vmd.morph_keys() * 23);
    out.extend_from_slice(SIGNATURE);
    out.extend_from_slice(b" 0002\0");
    field(&mut out, &[], 30 - SIGNATURE.len() - 6);
    name(&mut out, &vmd.model, 20);
    count(&mut out, vmd.bone_keys());
    for track in &vmd.bones {
        for key in &track.keys {
            name(&mut out, &track.name, 15);
            out.extend(key.frame.to_le_bytes());
            numbers(&mut out, &key.shift.to_array());
            numbers(&mut out, &key.turn.to_array());
            out.extend(curves(key));
        }
    }
    count(&mut out, vmd.morph_keys());
    for track in &vmd.morphs {
        for key in &track.keys {
            name(&mut out, &track.name, 15);
            out.extend(key.frame.to_le_bytes());
            out.extend(key.weight.to_le_bytes());
        }
    }
    count(&mut out, vmd.camera.len());
    for key in &vmd.camera {
        out.extend(key.frame.to_le_bytes());
        numbers(&mut out, &[key.distance]);
        places(&mut out, [key.target, key.angles]);
        for curve in key.curves {
            out.extend([curve.first[0], curve.second[0], curve.first[1], curve.second[1]]);
        }
        out.extend(key.fov_deg.to_le_bytes());
        out.push(u8::from(!key.perspective));
    }
    count(&mut out, vmd.light.len());
    for key in &vmd.light {
        out.extend(key.frame.to_le_bytes());
        places(&mut out, [key.colour, key.direction]);
    }
    count(&mut out, vmd.shadow.len());
    for key in &vmd.shadow {
        out.extend(key.frame.to_le_bytes());
        out.push(key.mode);
        out.extend(key.distance.to_le_bytes());
    }
    count(&mut out, vmd.properties.len());
    for key in &vmd.properties {
        out.extend(key.frame.to_le_bytes());
        out.push(u8::from(key.visible));
        count(&mut out, key.ik.len());
        for (bone, on) in &key.ik {
            name(&mut out, bone, 20);
            out.push(u8::from(*on));
        }
    }
    out
}

fn count(out: &mut Vec<u8>, count: usize) {
    out.extend((count as u32).to_le_bytes());
}

fn numbers(out: &mut Vec<u8>, numbers: &[f32]) {
    numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
}

fn places(out: &mut Vec<u8>, places: [Vec3; 2]) {
    places.iter().for_each(|place| numbers(out, &place.to_array()));
}

fn name(out: &mut Vec<u8>, name: &Name, length: usize) {
    field(out, &name.0[..name.0.len().min(length)], length);
}

fn field(out: &mut Vec<u8>, bytes: &[u8], length: usize) {
    out.extend_from_slice(bytes);
    out.resize(out.len() + length - bytes.len(), 0);
}

/// All four rows, each the one before moved left by one; the physics switch over the first.
fn curves(key: &BoneKey) -> [u8; 64] {
    let mut row = [0; 16];
    for (channel, curve) in key.curves.iter().enumerate() {
        for (i, number) in [curve.first, curve.second].concat().into_iter().enumerate() {
            row[channel + 4 * i] = number;
        }
    }
    let mut bytes = [0; 64];
    for shift in 0..4 {
        bytes[16 * shift..16 * (shift + 1) - shift].copy_from_slice(&row[shift..]);
    }
    // Rows of zeros would say that the first is the only one; what the last ends with is read by nobody.
    bytes[63] = u8::from(bytes[16..].iter().all(|&byte| byte == 0));
    bytes[2..4].copy_from_slice(if key.physics { &[0, 0] } else { &PHYSICS_OFF });
    bytes
}
