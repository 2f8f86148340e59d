//! Pieces of a character's surface and the few ways they are made: rings joined to a skin, strips, mirror images.

pub(super) use super::skin::Skin;
use super::swinging::Hang;
use crate::figure::HumanBone;
use glam::{Vec2, Vec3};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};

/// The materials of a character, in drawing order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    Skin,
    Face,
    Mouth,
    EyeWhite,
    Iris,
    FaceLines,
    Hair,
    Main,
    Second,
    Skirt,
    Trim,
    Accent,
    Socks,
    Shoes,
    /// A piece of the wardrobe, by its place in the list of dyes.
    Dyed(u8),
}

impl Look {
    /// Those that every character's list begins with.
    pub(super) const ALL: [Look; 14] = [
        Look::Skin,
        Look::Face,
        Look::Mouth,
        Look::EyeWhite,
        Look::Iris,
        Look::FaceLines,
        Look::Hair,
        Look::Main,
        Look::Second,
        Look::Skirt,
        Look::Trim,
        Look::Accent,
        Look::Socks,
        Look::Shoes,
    ];

    /// Moved by shape keys.
    pub(super) fn is_face(self) -> bool {
        matches!(self, Look::Face | Look::Mouth | Look::EyeWhite | Look::Iris | Look::FaceLines)
    }
}

/// One connected (or at least separately made) piece of surface with one material.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) look: Look,
    pub(super) positions: Vec<Vec3>,
    pub(super) normals: Vec<Vec3>,
    pub(super) uvs: Vec<Vec2>,
    pub(super) skins: Vec<Skin>,
    pub(super) triangles: Vec<[u32; 3]>,
    /// Offsets by shape key.
    pub(super) morphs: Vec<(&'static str, Vec<(u32, Vec3)>)>,
    /// Encloses a volume.
    pub(super) closed: bool,
    /// How it hangs, if it does.
    pub(super) hang: Option<Hang>,
}

/// A closed line of points across a body, and the texture's v there.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    pub(super) points: Vec<Vec3>,
    pub(super) v: f32,
}

impl Part {
    pub(super) fn new(name: &str, look: Look) -> Self {
        Self {
            name: name.into(),
            look,
            positions: Vec::new(),
            normals: Vec::new(),
            uvs: Vec::new(),
            skins: Vec::new(),
            triangles: Vec::new(),
            morphs: Vec::new(),
            closed: false,
            hang: None,
        }
    }

    /// A vertex; its joints are given later.
    pub(super) fn push(&mut self, position: Vec3, uv: Vec2) -> u32 {
        self.positions.push(position);
        self.uvs.push(uv);
        self.skins.push(Skin::one(HumanBone::Hips));
        self.positions.len() as u32 - 1
    }

    /// The closed skin over `rings` (all of as many points), ends filled in; u runs around, v as the rings say.
    pub(super) fn loft(name: &str, look: Look, rings: &[Ring], crease_deg: f32) -> Self {
        let mut part = Self::new(name, look);
        let around = rings[0].points.len();
        for ring in rings {
            for j in 0..=around {
                part.push(ring.points[j % around], Vec2::new(j as f32 / around as f32, ring.v));
            }
        }
        let at = |i: usize, j: usize| (i * (around + 1) + j) as u32;
        for i in 0..rings.len() - 1 {
            for j in 0..around {
                part.triangles.push([at(i, j), at(i + 1, j), at(i + 1, j + 1)]);
                part.triangles.push([at(i, j), at(i + 1, j + 1), at(i, j + 1)]);
            }
        }
        for (i, first) in [(0, true), (rings.len() - 1, false)] {
            let ring = &rings[i];
            let centre = ring.points.iter().sum::<Vec3>() / around as f32;
            let pole = part.push(centre, Vec2::new(0.5, ring.v));
            for j in 0..around {
                part.triangles.push(if first {
                    [pole, at(i, j), at(i, j + 1)]
                } else {
                    [pole, at(i, j + 1), at(i, j)]
                });
            }
        }
        part.close(crease_deg)
    }

    /// Ends the making of a closed piece: outward triangles, smooth normals but for edges sharper than `crease_deg`.
    pub(super) fn close(mut self, crease_deg: f32) -> Self {
        self.closed = true;
        self.drop_slivers();
        if self.volume() < 0.0 {
            self.triangles.iter_mut().for_each(|t| t.swap(1, 2));
        }
        self.smooth(crease_deg)
    }

    /// Triangles without area (poles of lofts whose end ring is a point) go.
    pub(super) fn drop_slivers(&mut self) {
        let positions = &self.positions;
        self.triangles.retain(|t| {
            let [a, b, c] = t.map(|i| positions[i as usize]);
            a != b && b != c && c != a
        });
    }

    /// An open sheet becomes a closed shell that reaches `thickness` below it.
    pub(super) fn thickened(self, thickness: f32, crease_deg: f32) -> Self {
        let mut part = self.smooth(180.0);
        let count = part.positions.len() as u32;
        let under: Vec<Vec3> = part.positions.iter().zip(&part.normals).map(|(&p, &n)| p - n * thickness).collect();
        part.positions.extend(under);
        part.uvs.extend_from_within(..);
        part.skins.extend_from_within(..);
        let sheet = std::mem::take(&mut part.triangles);
        // Edges that no neighbour (by place, not by index: texture seams are no borders) shares.
        let places = part.places();
        let sides = |t: &[u32; 3]| [[t[0], t[1]], [t[1], t[2]], [t[2], t[0]]];
        let place = |i: u32| places[i as usize];
        let mut edges: HashSet<[u32; 2], Mixed> = HashSet::with_capacity_and_hasher(sheet.len() * 3, Mixed);
        edges.extend(sheet.iter().flat_map(sides).map(|[a, b]| [place(a), place(b)]));
        let rim: Vec<[u32; 2]> =
            sheet.iter().flat_map(sides).filter(|&[a, b]| !edges.contains(&[place(b), place(a)])).collect();
        part.triangles.extend(sheet.iter().map(|t| t.map(|i| i + count)).map(|[a, b, c]| [a, c, b]));
        part.triangles.extend(rim.iter().flat_map(|&[a, b]| [[b, a, a + count], [b, a + count, b + count]]));
        part.triangles.extend(sheet);
        part.close(crease_deg)
    }

    /// A sheet of rows of equally many points; u along the rows, v from row to row.
    pub(super) fn sheet(name: &str, look: Look, rows: &[Vec<Vec3>]) -> Self {
        let mut part = Self::new(name, look);
        let columns = rows[0].len();
        for (i, row) in rows.iter().enumerate() {
            for (j, &p) in row.iter().enumerate() {
                part.push(p, Vec2::new(j as f32 / (columns - 1) as f32, i as f32 / (rows.len() - 1) as f32));
            }
        }
        let at = |i: usize, j: usize| (i * columns + j) as u32;
        for i in 0..rows.len() - 1 {
            for j in 0..columns - 1 {
                part.triangles.push([at(i, j), at(i + 1, j), at(i + 1, j + 1)]);
                part.triangles.push([at(i, j), at(i + 1, j + 1), at(i, j + 1)]);
            }
        }
        part.drop_slivers();
        part
    }

    /// Signed volume: positive where triangles face outwards.
    pub(super) fn volume(&self) -> f32 {
        let six: f64 = self
            .triangles
            .iter()
            .map(|t| {
                let [a, b, c] = t.map(|i| self.positions[i as usize].as_dvec3());
                a.dot(b.cross(c))
            })
            .sum();
        (six / 6.0) as f32
    }

    /// Normals from the triangles: averaged by angle over all that meet at a place and differ by less than the crease.
    pub(super) fn smooth(mut self, crease_deg: f32) -> Self {
        let threshold = crease_deg.to_radians().cos();
        let places = self.places();
        let count = places.iter().max().map_or(0, |&p| p as usize + 1);
        // Corners by place: faces with their angles, in the order of triangles.
        let mut start = vec![0u32; count + 1];
        for &i in self.triangles.iter().flatten() {
            start[places[i as usize] as usize + 1] += 1;
        }
        for i in 0..count {
            start[i + 1] += start[i];
        }
        let mut next = start.clone();
        let mut around = vec![(Vec3::ZERO, 0.0f32); self.triangles.len() * 3];
        let mut faces = Vec::with_capacity(self.triangles.len());
        for t in &self.triangles {
            let p = t.map(|i| self.positions[i as usize]);
            let face = (p[1] - p[0]).cross(p[2] - p[0]).normalize_or_zero();
            for k in 0..3 {
                let angle = (p[(k + 1) % 3] - p[k]).angle_between(p[(k + 2) % 3] - p[k]);
                let slot = &mut next[places[t[k] as usize] as usize];
                around[*slot as usize] = (face, if angle.is_finite() { angle } else { 0.0 });
                *slot += 1;
            }
            faces.push(face);
        }
        let source = self.clone();
        // New vertices of each old one, told apart by their normals: chains through `made`.
        const NONE: u32 = u32::MAX;
        let mut first = vec![NONE; source.positions.len()];
        let mut made: Vec<([u32; 3], u32)> = Vec::with_capacity(source.positions.len());
        (self.positions, self.uvs, self.skins, self.normals) = Default::default();
        for (t, face) in self.triangles.iter_mut().zip(faces) {
            for corner in t {
                let old = *corner as usize;
                let place = places[old] as usize;
                let normal = around[start[place] as usize..start[place + 1] as usize]
                    .iter()
                    .filter(|(other, _)| crease_deg >= 180.0 || other.dot(face) >= threshold)
                    .map(|&(other, angle)| other * angle)
                    .sum::<Vec3>()
                    .try_normalize()
                    .unwrap_or(face);
                let rounded = key((normal * 1024.0).round() / 1024.0);
                let mut at = first[old];
                while at != NONE && made[at as usize].0 != rounded {
                    at = made[at as usize].1;
                }
                if at == NONE {
                    at = made.len() as u32;
                    made.push((rounded, first[old]));
                    first[old] = at;
                    self.positions.push(source.positions[old]);
                    self.uvs.push(source.uvs[old]);
                    self.skins.push(source.skins[old]);
                    self.normals.push(normal);
                }
                *corner = at;
            }
        }
        self
    }

    /// For each vertex a number that it shares with those at the same place.
    fn places(&self) -> Vec<u32> {
        let mut known: HashMap<[u32; 3], u32, Mixed> = HashMap::with_capacity_and_hasher(self.positions.len(), Mixed);
        let numbers = self.positions.iter().map(|&p| {
            let next = known.len() as u32;
            *known.entry(key(p)).or_insert(next)
        });
        numbers.collect()
    }

    /// Binds every vertex by its place.
    pub(super) fn skinned(mut self, skin: impl Fn(Vec3) -> Skin) -> Self {
        self.skins = self.positions.iter().map(|&p| skin(p)).collect();
        self
    }

    /// Sets every texture coordinate by place and normal.
    pub(super) fn mapped(mut self, uv: impl Fn(Vec3, Vec2) -> Vec2) -> Self {
        for (slot, &p) in self.uvs.iter_mut().zip(&self.positions) {
            *slot = uv(p, *slot);
        }
        self
    }

    /// Says how it hangs.
    pub(super) fn hung(mut self, hang: Hang) -> Self {
        self.hang = Some(hang);
        self
    }

    /// Puts everything elsewhere; normals stay.
    pub(super) fn put(&mut self, map: impl Fn(Vec3) -> Vec3) {
        self.positions.iter_mut().for_each(|p| *p = map(*p));
        if let Some(Hang::Along(_, line)) = &mut self.hang {
            line.iter_mut().for_each(|p| *p = map(*p));
        }
    }

    /// Moves every vertex by an affine map without shear (normals keep up with scale and shift alone).
    pub(super) fn moved(mut self, scale: f32, offset: Vec3) -> Self {
        self.put(|p| p * scale + offset);
        for (_, offsets) in &mut self.morphs {
            offsets.iter_mut().for_each(|o| o.1 *= scale);
        }
        self
    }

    /// The image on the other side of the body, bound to the other side's bones.
    pub(super) fn mirrored(&self) -> Self {
        let flip = Vec3::new(-1.0, 1.0, 1.0);
        let mut part = self.clone();
        part.name = match part.name.strip_prefix("left ") {
            Some(rest) => format!("right {rest}"),
            None => part.name,
        };
        part.put(|p| p * flip);
        part.normals.iter_mut().for_each(|n| *n *= flip);
        part.skins.iter_mut().for_each(|s| *s = s.mirrored());
        part.triangles.iter_mut().for_each(|t| t.swap(1, 2));
        for (_, offsets) in &mut part.morphs {
            offsets.iter_mut().for_each(|o| o.1 *= flip);
        }
        part
    }

    /// Both sides.
    pub(super) fn both(self) -> [Self; 2] {
        let other = self.mirrored();
        [self, other]
    }
}

/// A quick hash for places and edges, which nobody chooses in order to make them collide.
#[derive(Clone, Copy, Default)]
struct Mixed;

impl BuildHasher for Mixed {
    type Hasher = Mixing;

    fn build_hasher(&self) -> Mixing {
        Mixing(0)
    }
}

struct Mixing(u64);

impl Hasher for Mixing {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(4) {
            let mut word = [0; 4];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u32(u32::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, _: usize) {
        // The length of an array, which is the same for all.
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// A place as something that can be compared: bit patterns, with both zeros the same.
pub(super) fn key(p: Vec3) -> [u32; 3] {
    (p + 0.0).to_array().map(f32::to_bits)
}

pub(super) fn smoothstep(low: f32, high: f32, at: f32) -> f32 {
    let t = ((at - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

pub(super) fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// A smooth line through `knots` (uniform Catmull-Rom), `t` from 0 to `knots.len() - 1`.
pub(super) fn spline<const N: usize>(knots: &[[f32; N]], t: f32) -> [f32; N] {
    let last = knots.len() - 1;
    let t = t.clamp(0.0, last as f32);
    let i = (t as usize).min(last.saturating_sub(1));
    let f = t - i as f32;
    let knot = |k: isize| {
        let inside = |k: usize| knots[k];
        // Beyond the ends the line goes straight on.
        if k < 0 {
            std::array::from_fn(|n| 2.0 * inside(0)[n] - inside(1.min(last))[n])
        } else if k as usize > last {
            std::array::from_fn(|n| 2.0 * inside(last)[n] - inside(last.saturating_sub(1))[n])
        } else {
            inside(k as usize)
        }
    };
    let i = i as isize;
    let [a, b, c, d] = [knot(i - 1), knot(i), knot(i + 1), knot(i + 2)];
    std::array::from_fn(|n| {
        let (a, b, c, d) = (a[n], b[n], c[n], d[n]);
        b + 0.5 * f * (c - a + f * (2.0 * a - 5.0 * b + 4.0 * c - d + f * (3.0 * (b - c) + d - a)))
    })
}

/// A ring around `centre`, axes `side` and `front` (unit), as a superellipse: half widths to both sides of each axis.
pub(super) fn ring(centre: Vec3, side: Vec3, front: Vec3, shape: Oval, around: usize, v: f32) -> Ring {
    let points = (0..around)
        .map(|j| {
            let angle = std::f32::consts::TAU * j as f32 / around as f32;
            let (x, z) = shape.at(angle);
            centre + side * x + front * z
        })
        .collect();
    Ring { points, v }
}

/// A rounded outline: a superellipse with different depths to front and back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Oval {
    pub(super) half_width: f32,
    pub(super) front: f32,
    pub(super) back: f32,
    /// 2: ellipse; more: boxier.
    pub(super) power: f32,
}

impl Oval {
    pub(super) fn round(radius: f32) -> Self {
        Self { half_width: radius, front: radius, back: radius, power: 2.0 }
    }

    pub(super) fn new(half_width: f32, front: f32, back: f32, power: f32) -> Self {
        Self { half_width, front, back, power }
    }

    /// The point in direction `angle` (0: front, a quarter turn: side).
    pub(super) fn at(&self, angle: f32) -> (f32, f32) {
        let (s, c) = angle.sin_cos();
        // Sines of multiples of a half turn are not quite zero; symmetric bodies need them so.
        let (s, c) = (if s.abs() < 1e-6 { 0.0 } else { s }, if c.abs() < 1e-6 { 0.0 } else { c });
        let depth = if c >= 0.0 { self.front } else { self.back };
        let r =
            ((s.abs() / self.half_width).powf(self.power) + (c.abs() / depth).powf(self.power)).powf(-1.0 / self.power);
        (r * s, r * c)
    }
}
