//! Wavefront OBJ: meshes without a skeleton, which move as one rigid piece.
//!
//! Format: <https://paulbourke.net/dataformats/obj/>. Its lengths have no unit and are taken for metres; faces have no
//! reliable inside, so they are drawn from both.

mod mtl;
mod polygon;
mod text;

use super::colour::linear_rgb;
use super::faults::Faults;
use super::resources::Folder;
use super::surfaces::{self, ImageList};
use super::{Alpha, Bind, Figure, FigureError, Joint, Material, Submesh, Vertex};
use glam::{Mat4, Vec2, Vec3, Vec4};
use mtl::MtlMaterial;
use std::collections::HashMap;
use std::path::Path;
use text::{Statement, statements};

/// Faces with more corners in all than this are a scene or a scan, and too much for the memory that a file deserves.
const MOST_CORNERS: usize = 6_000_000;
/// Material libraries that a file may name, and bytes that each may have.
const MOST_LIBRARIES: usize = 100;
const LARGEST_LIBRARY: usize = 16 << 20;
/// Names of groups are cut after so many characters.
const LONGEST_NAME: usize = 200;
/// A place farther out than this is a damaged number rather than a place.
const FARTHEST: f32 = 1e7;

/// Reads an OBJ file, whose content is `bytes`; material libraries and textures are looked for beside `path`.
///
/// # Errors
/// [`FigureError::Damaged`] and [`FigureError::Unsupported`], naming `path`. Lines that make no sense among others that do
/// are a warning.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Figure, FigureError> {
    let damaged = |what| FigureError::Damaged { path: path.to_owned(), what };
    let unsupported = |what: String| FigureError::Unsupported { path: path.to_owned(), what };
    let text = text::joined(text::decode(bytes));
    let mut reader = Reader::default();
    let mut faults = Faults::default();
    let mut first = None;
    for statement in statements(&text) {
        if let Err(what) = reader.statement(&statement) {
            faults.note_at("lines that make no sense", &format!("line {}", statement.line));
            first.get_or_insert_with(|| format!("{what} (line {})", statement.line));
        }
        if reader.corners > MOST_CORNERS {
            let most = MOST_CORNERS / 3;
            return Err(unsupported(format!("it has far more than {most} triangles; reduce the mesh")));
        }
    }
    if let Some(what) = first.filter(|_| reader.figure.triangles.is_empty()) {
        return Err(damaged(what));
    }
    reader.figure.warnings.extend(faults.warning());
    if reader.figure.triangles.is_empty() {
        return Err(unsupported("it has no faces, so there is nothing to draw; export it as a mesh".into()));
    }
    Ok(reader.finish(path))
}

/// Where a corner's normal comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Normal {
    /// An entry of the file's.
    Given(u32),
    /// The mean over a smoothing group.
    Smooth(u32),
    /// The face's own.
    Flat(u32),
}

/// What makes corners of faces one vertex: place, texture coordinate, normal.
type Corner = (u32, Option<u32>, Normal);

#[derive(Default)]
struct Reader {
    figure: Figure,
    places: Vec<Vec3>,
    /// Linear; shorter than `places` where the file gives none.
    colours: HashMap<u32, Vec3>,
    uvs: Vec<Vec2>,
    normals: Vec<Vec3>,
    /// The vertex of each corner met so far, and the corner of each vertex.
    known: HashMap<Corner, u32>,
    vertices: Vec<Corner>,
    faces: u32,
    corners: usize,
    smoothing: Option<u32>,
    group: String,
    /// The material of the next faces, a value of `material_numbers`; 0: none.
    material: u32,
    material_numbers: HashMap<String, u32>,
    libraries: Vec<String>,
}

impl Reader {
    fn statement(&mut self, statement: &Statement) -> Result<(), String> {
        let rest = statement.rest;
        match statement.keyword {
            // What makes no sense keeps its number: those after it are meant by theirs.
            "v" => {
                self.places.push(Vec3::NAN);
                let numbers = numbers(rest)?;
                let &[x, y, z, ref more @ ..] = numbers.as_slice() else {
                    return Err("a vertex has fewer than three coordinates".into());
                };
                let at = self.places.len() - 1;
                if let &[r, g, b] = more {
                    self.colours.insert(at as u32, linear_rgb(Vec3::new(r, g, b)));
                }
                self.places[at] = Vec3::new(x, y, z);
            }
            "vt" => {
                self.uvs.push(Vec2::ZERO);
                let numbers = numbers(rest)?;
                let u = numbers.first().copied().ok_or("a texture coordinate has no number")?;
                let at = self.uvs.len() - 1;
                self.uvs[at] = Vec2::new(u, 1.0 - numbers.get(1).copied().unwrap_or(0.0));
            }
            "vn" => {
                self.normals.push(Vec3::ZERO);
                match numbers(rest)?.as_slice() {
                    &[x, y, z, ..] => {
                        let at = self.normals.len() - 1;
                        self.normals[at] = Vec3::new(x, y, z).normalize_or_zero();
                    }
                    _ => return Err("a normal has fewer than three coordinates".into()),
                }
            }
            // `fo` is what the first version called it.
            "f" | "fo" => self.face(rest)?,
            "s" => self.smoothing = rest.parse().ok().filter(|&group| group > 0),
            // Each part keeps a copy of the name, so it can't be of any length.
            "g" | "o" => self.group = rest.chars().take(LONGEST_NAME).collect(),
            "usemtl" => {
                let next = self.material_numbers.len() as u32 + 1;
                self.material = *self.material_numbers.entry(rest.to_owned()).or_insert(next);
            }
            "mtllib" if self.libraries.iter().any(|known| known == rest) => {}
            "mtllib" if self.libraries.len() < MOST_LIBRARIES => self.libraries.push(rest.to_owned()),
            "mtllib" => return Err(format!("it names more than {MOST_LIBRARIES} material libraries")),
            "curv" | "curv2" | "surf" => {
                let warning = "its free-form curves and surfaces are left out";
                if !self.figure.warnings.iter().any(|w| w == warning) {
                    self.figure.warnings.push(warning.into());
                }
            }
            // Points, lines, parameters of curves, and what other programs add.
            _ => {}
        }
        Ok(())
    }

    fn face(&mut self, corners: &str) -> Result<(), String> {
        let corners: Vec<Corner> =
            corners.split_whitespace().map(|corner| self.corner(corner)).collect::<Result<_, _>>()?;
        self.faces += 1;
        self.corners += corners.len();
        let places: Vec<Vec3> = corners.iter().map(|c| self.places[c.0 as usize]).collect();
        if places.iter().any(|place| place.is_nan()) {
            return Err("a face has a corner at no place".into());
        }
        let vertices: Vec<u32> = corners.iter().map(|&corner| self.vertex(corner)).collect();
        self.begin_part();
        for triangle in polygon::triangulate(&places) {
            let [a, b, c] = triangle.map(|i| vertices[i]);
            if a != b && b != c && c != a {
                self.figure.triangles.push([a, b, c]);
            }
        }
        let end = self.figure.triangles.len() as u32;
        if let Some(part) = self.figure.submeshes.last_mut() {
            part.count = end - part.first;
        }
        Ok(())
    }

    /// `place/uv/normal`, the last two optional, counted from 1 or, negative, from the end.
    fn corner(&self, text: &str) -> Result<Corner, String> {
        let mut parts = text.split('/');
        let mut index = |there: usize, what: &str| -> Result<Option<u32>, String> {
            let Some(part) = parts.next().filter(|part| !part.is_empty()) else { return Ok(None) };
            let number: i64 = part.parse().map_err(|_| format!("“{text}” is no corner of a face"))?;
            let index = if number < 0 { there as i64 + number } else { number - 1 };
            if (0..there as i64).contains(&index) {
                Ok(Some(index as u32))
            } else {
                Err(format!("a face uses {what} {number}, and there are {there}"))
            }
        };
        let place = index(self.places.len(), "vertex")?.ok_or_else(|| format!("“{text}” is no corner of a face"))?;
        let uv = index(self.uvs.len(), "texture coordinate")?;
        let normal = match (index(self.normals.len(), "normal")?, self.smoothing) {
            (Some(given), _) if self.normals[given as usize] != Vec3::ZERO => Normal::Given(given),
            (_, Some(group)) => Normal::Smooth(group),
            (_, None) => Normal::Flat(self.faces),
        };
        Ok((place, uv, normal))
    }

    fn vertex(&mut self, corner: Corner) -> u32 {
        *self.known.entry(corner).or_insert_with(|| {
            self.vertices.push(corner);
            self.vertices.len() as u32 - 1
        })
    }

    /// Begins a new submesh where group or material have changed. Until [`Self::dress`], parts carry material numbers.
    fn begin_part(&mut self) {
        let first = self.figure.triangles.len() as u32;
        let material = self.material;
        let goes_on = |part: &Submesh| part.material == material && part.name == self.group;
        if !self.figure.submeshes.last().is_some_and(goes_on) {
            self.figure.submeshes.push(Submesh { name: self.group.clone(), first, count: 0, material });
        }
    }

    fn finish(mut self, path: &Path) -> Figure {
        self.figure.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.figure.licence.title = self.figure.name.clone();
        self.figure.submeshes.retain(|part| part.count > 0);
        self.place_vertices();
        self.dress(&Folder::of(path));
        for part in &mut self.figure.submeshes {
            if part.name.is_empty() {
                part.name = self.figure.materials[part.material as usize].name.clone();
            }
        }
        self.figure.joints = vec![Joint::root()];
        self.figure.binds = vec![Bind { joint: 0, inverse_bind: Mat4::IDENTITY }];
        self.figure
    }

    fn place_vertices(&mut self) {
        // Faces weigh by their area, which is what the cross product's length says.
        let mut sums: HashMap<(u32, Normal), Vec3> = HashMap::new();
        for triangle in &self.figure.triangles {
            let corners = triangle.map(|i| self.vertices[i as usize]);
            let area = polygon::normal(&corners.map(|(place, ..)| self.places[place as usize]));
            for (place, _, normal) in corners {
                if !matches!(normal, Normal::Given(_)) {
                    // A flat face has one normal at all its corners.
                    let place = if matches!(normal, Normal::Flat(_)) { 0 } else { place };
                    *sums.entry((place, normal)).or_default() += area;
                }
            }
        }
        let normal_of = |place: u32, normal: Normal| match normal {
            Normal::Given(i) => self.normals[i as usize],
            Normal::Smooth(_) => sums.get(&(place, normal)).copied().unwrap_or_default().normalize_or(Vec3::Y),
            Normal::Flat(_) => sums.get(&(0, normal)).copied().unwrap_or_default().normalize_or(Vec3::Y),
        };
        self.figure.vertices = self
            .vertices
            .iter()
            .map(|&(place, uv, normal)| Vertex {
                position: self.places[place as usize],
                normal: normal_of(place, normal),
                uv: uv.map_or(Vec2::ZERO, |i| self.uvs[i as usize]),
                colour: self.colours.get(&place).map_or(Vec4::ONE, |c| c.extend(1.0)),
                binds: [0; 4],
                weights: [1.0, 0.0, 0.0, 0.0],
            })
            .collect();
    }

    /// Finds the materials that faces use, and makes submeshes refer to them.
    fn dress(&mut self, folder: &Folder) {
        let mut library: HashMap<String, MtlMaterial> = HashMap::new();
        for reference in &self.libraries {
            for material in read_library(reference, folder, &mut self.figure.warnings) {
                library.entry(material.name.clone()).or_insert(material);
            }
        }
        let names: HashMap<u32, &str> = self.material_numbers.iter().map(|(name, &i)| (i, name.as_str())).collect();
        let mut used: HashMap<u32, u32> = HashMap::new();
        let mut images = ImageList::new(folder);
        for part in &mut self.figure.submeshes {
            let named = part.material;
            part.material = *used.entry(named).or_insert_with(|| {
                let name = names.get(&named).copied().unwrap_or("default");
                let mut material = Material { name: name.into(), double_sided: true, ..Material::default() };
                match library.get(name) {
                    Some(from) => {
                        material.base_colour = linear_rgb(from.diffuse).extend(from.opacity);
                        material.alpha = if from.opacity < 1.0 { Alpha::Blend } else { Alpha::Opaque };
                        material.texture = from.texture.as_ref().map(|(file, wrap)| images.index(file, *wrap));
                        material.emission = linear_rgb(from.emission);
                        material.emission_texture =
                            from.emission_texture.as_ref().map(|(file, wrap)| images.index(file, *wrap));
                    }
                    None if named == 0 || self.libraries.is_empty() => {}
                    None => {
                        self.figure.warnings.push(format!("the material “{name}” is in none of its libraries"));
                    }
                }
                self.figure.materials.push(material);
                self.figure.materials.len() as u32 - 1
            });
        }
        self.figure.textures = images.decode(&mut self.figure.warnings);
        library.values().flat_map(|material| &material.pictures).for_each(|file| folder.mention_picture(file));
        self.figure.sources = folder.sources();
        let Figure { vertices, triangles, submeshes, materials, textures, .. } = &mut self.figure;
        surfaces::cover(materials, textures, submeshes, triangles, vertices);
    }
}

/// One library, or several separated by spaces, each once: names may contain them as well.
fn read_library(reference: &str, folder: &Folder, warnings: &mut Vec<String>) -> Vec<MtlMaterial> {
    let read = |reference: &str| {
        let bytes = folder.read(reference)?;
        if bytes.len() > LARGEST_LIBRARY {
            return Err(format!("“{reference}” has more than {} MiB", LARGEST_LIBRARY >> 20));
        }
        Ok(mtl::parse(&text::joined(text::decode(&bytes))))
    };
    match read(reference) {
        Ok(materials) => materials,
        Err(what) => {
            let mut several: Vec<&str> = Vec::new();
            for part in reference.split_whitespace() {
                if several.len() < MOST_LIBRARIES && !several.contains(&part) {
                    several.push(part);
                }
            }
            let found: Vec<MtlMaterial> = several
                .iter()
                .filter(|part| **part != reference)
                .filter_map(|part| read(part).ok())
                .flatten()
                .collect();
            if found.is_empty() {
                warnings.push(format!("it is drawn without its materials: {what}"));
            }
            found
        }
    }
}

/// The numbers at the beginning of a statement's arguments.
fn numbers(text: &str) -> Result<Vec<f32>, String> {
    text.split_whitespace()
        .map(|word| match word.parse::<f32>() {
            Ok(number) if number.abs() <= FARTHEST => Ok(number),
            Ok(number) => Err(format!("the number {number} lies impossibly far out")),
            Err(_) => Err(format!("“{word}” is no number")),
        })
        .collect()
}
