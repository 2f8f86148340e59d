//! STL, as 3-D printing has it: triangles without a skeleton, which move as one rigid piece.
//!
//! Format: <https://www.fabbers.com/tech/STL_Format>; as text, or in 50 bytes a triangle. It knows no unit and no up:
//! lengths are taken for millimetres, and z for up, as slicers do. Edges are sharp where faces meet steeply.

use super::faults::Faults;
use super::{Alpha, Bind, Figure, FigureError, Joint, Material, Submesh, Vertex};
use glam::{Mat4, Vec2, Vec3, Vec4};
use std::collections::HashMap;
use std::path::Path;

/// More triangles are a scan, and too much for the memory that a file deserves.
const MOST_TRIANGLES: usize = 2_000_000;
/// A place farther out than this, in metres, is a damaged number rather than a place.
const FARTHEST_M: f32 = 1e7;
/// Cosine of the angle up to which a face looks as if it went smoothly over into its neighbours.
const SMOOTH_COS: f32 = 0.5;
/// What stands before the triangles of a binary file: anything, and their number.
const HEADER: usize = 84;
/// A normal, three places and an attribute.
const RECORD: usize = 50;
/// Names of parts are cut after so many characters.
const LONGEST_NAME: usize = 200;

/// Reads an STL file, whose content is `bytes`.
///
/// # Errors
/// [`FigureError::Damaged`] and [`FigureError::Unsupported`], naming `path`. Triangles of which a corner is at no place are
/// left out with a warning.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Figure, FigureError> {
    let damaged = |what| FigureError::Damaged { path: path.to_owned(), what };
    let unsupported = |what: String| FigureError::Unsupported { path: path.to_owned(), what };
    let solids = if is_text(bytes) { text(bytes) } else { binary(bytes) }.map_err(damaged)?;
    let count: usize = solids.iter().map(|solid| solid.triangles.len()).sum();
    if count > MOST_TRIANGLES {
        return Err(unsupported(format!("it has {count} triangles, and may have {MOST_TRIANGLES}; reduce the mesh")));
    }
    let mut faults = Faults::default();
    let figure = figure(path, solids, &mut faults);
    match figure.triangles.is_empty() {
        true if count > 0 => Err(damaged("none of its triangles is anywhere".into())),
        true => Err(unsupported("it has no triangles, so there is nothing to draw".into())),
        false => Ok(Figure { warnings: faults.warning().into_iter().collect(), ..figure }),
    }
}

/// A part of the file.
#[derive(Default)]
struct Solid {
    name: String,
    /// As the file has them.
    triangles: Vec<[Vec3; 3]>,
}

/// Binary files may begin with `solid` as well, but hold neither facets nor an end of a solid in words.
fn is_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(1024)];
    let says = |word: &[u8]| start.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    let of_that_length = claimed(bytes).is_some_and(|count| bytes.len() == HEADER + RECORD * count);
    !of_that_length && says(b"solid") && (says(b"facet") || says(b"endsolid"))
}

/// How many triangles a binary file says that it has.
fn claimed(bytes: &[u8]) -> Option<usize> {
    let count = bytes.get(HEADER - 4..HEADER)?.first_chunk()?;
    Some(u32::from_le_bytes(*count) as usize)
}

fn binary(bytes: &[u8]) -> Result<Vec<Solid>, String> {
    let count = claimed(bytes).ok_or("it is cut off before its first triangle")?;
    let records = bytes[HEADER..].as_chunks::<RECORD>().0;
    if records.len() < count {
        return Err(format!("it is cut off: of {count} triangles it has {}", records.len()));
    }
    let place = |at: &[u8; 12]| {
        let [x, y, z, ..] = at.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect::<Vec<_>>()[..] else {
            return Vec3::NAN;
        };
        Vec3::new(x, y, z)
    };
    let triangle = |record: &[u8; RECORD]| match record.as_chunks::<12>().0 {
        [_, a, b, c] => [place(a), place(b), place(c)],
        _ => [Vec3::NAN; 3],
    };
    Ok(vec![Solid { name: String::new(), triangles: records[..count].iter().map(triangle).collect() }])
}

fn text(bytes: &[u8]) -> Result<Vec<Solid>, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut solids: Vec<Solid> = Vec::new();
    let (mut corners, mut inside) = (Vec::new(), false);
    for line in text.lines() {
        let line = line.trim();
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let keyword = keyword.to_ascii_lowercase();
        match keyword.as_str() {
            "solid" => {
                let name = rest.trim().chars().take(LONGEST_NAME).collect();
                solids.push(Solid { name, triangles: Vec::new() });
                inside = true;
            }
            "endsolid" => inside = false,
            "facet" => corners.clear(),
            "vertex" => {
                let numbers: Vec<f32> = rest.split_whitespace().map(|n| n.parse().unwrap_or(f32::NAN)).collect();
                corners.push(match numbers[..] {
                    [x, y, z, ..] => Vec3::new(x, y, z),
                    _ => Vec3::NAN,
                });
            }
            "endfacet" => {
                let corners = std::mem::take(&mut corners);
                let triangle = corners.as_slice().try_into().unwrap_or([Vec3::NAN; 3]);
                if let Some(solid) = solids.last_mut() {
                    solid.triangles.push(triangle);
                }
            }
            _ => {}
        }
    }
    if inside {
        return Err("it is cut off: its last line is no `endsolid`".into());
    }
    Ok(solids)
}

/// A place in the file, in millimetres with z up, as everything here has it.
fn metres(place: Vec3) -> Vec3 {
    Vec3::new(place.x, place.z, -place.y) / 1000.0
}

fn figure(path: &Path, solids: Vec<Solid>, faults: &mut Faults) -> Figure {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut figure = Figure { name: name.clone(), ..Figure::default() };
    figure.licence.title = name;
    for solid in solids {
        let first = figure.triangles.len() as u32;
        let mut triangles = Vec::new();
        for triangle in solid.triangles {
            let triangle = triangle.map(metres);
            if !triangle.iter().all(|place| place.abs().max_element() <= FARTHEST_M) {
                faults.note("triangles with a corner at no place");
            } else if let Some(normal) = normal(&triangle).try_normalize() {
                triangles.push((triangle, normal));
            }
        }
        add(&triangles, &mut figure);
        let count = figure.triangles.len() as u32 - first;
        if count > 0 {
            let name = if solid.name.is_empty() { figure.name.clone() } else { solid.name };
            figure.submeshes.push(Submesh { name, first, count, material: 0 });
        }
    }
    let name = "default".into();
    figure.materials = vec![Material { name, double_sided: true, alpha: Alpha::Opaque, ..Material::default() }];
    figure.joints = vec![Joint::root()];
    figure.binds = vec![Bind { joint: 0, inverse_bind: Mat4::IDENTITY }];
    figure
}

/// Its length is twice the triangle's area.
fn normal([a, b, c]: &[Vec3; 3]) -> Vec3 {
    (b - a).cross(c - a)
}

/// Adds triangles and their normals of a part; corners at one place become one vertex where their faces look smooth.
fn add(triangles: &[([Vec3; 3], Vec3)], figure: &mut Figure) {
    let key = |place: Vec3| (place + Vec3::ZERO).to_array().map(f32::to_bits);
    let mut around: HashMap<[u32; 3], Vec3> = HashMap::new();
    for (triangle, _) in triangles {
        triangle.iter().for_each(|&place| *around.entry(key(place)).or_default() += normal(triangle));
    }
    let mut smooth: HashMap<[u32; 3], u32> = HashMap::new();
    for (triangle, flat) in triangles {
        let corner = |place: Vec3| {
            let mean = around.get(&key(place)).copied().unwrap_or_default().normalize_or_zero();
            let mut vertex = |normal| {
                figure.vertices.push(Vertex {
                    position: place,
                    normal,
                    uv: Vec2::ZERO,
                    colour: Vec4::ONE,
                    binds: [0; 4],
                    weights: [1.0, 0.0, 0.0, 0.0],
                });
                figure.vertices.len() as u32 - 1
            };
            match mean.dot(*flat) > SMOOTH_COS {
                true => *smooth.entry(key(place)).or_insert_with(|| vertex(mean)),
                false => vertex(*flat),
            }
        };
        figure.triangles.push(triangle.map(corner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::array::uniform3;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<Figure, String> {
        super::read("statue.stl".as_ref(), bytes).map_err(|error| error.to_string())
    }

    /// A binary file; each triangle lies 1 m above the one before.
    fn binary_of(header: &str, count: u32, triangles: usize) -> Vec<u8> {
        let mut bytes = format!("{header:<80}").into_bytes();
        bytes.extend(count.to_le_bytes());
        for i in 0..triangles {
            let z = 1000.0 * i as f32;
            let numbers = [0.0, 0.0, 0.0, 0.0, 0.0, z, 1000.0, 0.0, z, 0.0, 1000.0, z];
            bytes.extend(numbers.iter().flat_map(|n: &f32| n.to_le_bytes()));
            bytes.extend([0, 0]);
        }
        bytes
    }

    const TEXT: &str = "solid lid of a box\n facet normal 0 0 1\n  outer loop\n   vertex 0 0 0\n   vertex 1e3 0 0\n   \
                        VERTEX 0 1000 0\r\n  endloop\n endfacet\nendsolid lid\n";

    #[test]
    fn text_and_binary_files_say_the_same() {
        for bytes in [TEXT.as_bytes(), &binary_of("made by hand", 1, 1), &binary_of("solid facet", 1, 1)] {
            let figure = read(bytes).unwrap();
            let places: Vec<Vec3> = figure.vertices.iter().map(|vertex| vertex.position).collect();
            assert_eq!(places, [Vec3::ZERO, Vec3::X, Vec3::NEG_Z]);
            assert!(figure.vertices.iter().all(|vertex| vertex.normal == Vec3::Y));
            assert_eq!((figure.triangles.len(), figure.joints.len(), figure.warnings.len()), (1, 1, 0));
            assert!(figure.humanoid.iter().next().is_none());
        }
        assert_eq!(read(TEXT.as_bytes()).unwrap().submeshes[0].name, "lid of a box");
        assert_eq!(read(&binary_of("", 3, 3)).unwrap().submeshes[0].name, "statue");
    }

    #[test]
    fn steep_edges_stay_sharp_and_others_go_over() {
        let roof = |height: f32| {
            let (a, b, ridge) = (Vec3::ZERO, Vec3::Z, [Vec3::new(1.0, height, 0.0), Vec3::new(1.0, height, 1.0)]);
            let c = Vec3::new(2.0, 0.0, 0.0);
            let triangles = [[a, b, ridge[0]], [ridge[0], ridge[1], c]].map(|t| (t, normal(&t).normalize()));
            let mut figure = Figure::default();
            add(&triangles, &mut figure);
            figure.vertices.len()
        };
        assert_eq!((roof(0.3), roof(5.0)), (5, 6));
    }

    #[test]
    fn what_is_cut_off_or_empty_or_nowhere_is_refused_by_a_sentence() {
        let nan = TEXT.replace("1e3", "nan");
        for (bytes, words) in [
            (&TEXT.as_bytes()[..TEXT.len() - 20], "cut off"),
            (&binary_of("x", 9, 4), "of 9 triangles it has 4"),
            (&binary_of("solid x", u32::MAX, 4), "cut off"),
            (&binary_of("x", 9, 0)[..60], "cut off"),
            (b"solid nothing\nendsolid", "no triangles"),
            (&binary_of("x", 0, 0), "no triangles"),
            (nan.as_bytes(), "none of its triangles"),
        ] {
            let message = read(bytes).unwrap_err();
            assert!(message.contains(words) && message.contains("statue.stl"), "{message}");
        }
        let huge = binary_of("x", MOST_TRIANGLES as u32 + 1, MOST_TRIANGLES + 1);
        assert!(read(&huge).unwrap_err().contains("reduce the mesh"));
    }

    #[test]
    fn a_broken_triangle_does_not_lose_the_others() {
        let mut bytes = binary_of("x", 3, 3);
        bytes[HEADER + 12..HEADER + 16].copy_from_slice(&f32::INFINITY.to_le_bytes());
        let figure = read(&bytes).unwrap();
        assert_eq!(figure.triangles.len(), 2);
        assert!(figure.warnings[0].contains("no place (1"), "{:?}", figure.warnings);
    }

    proptest! {
        #[test]
        fn any_triangles_come_back_as_they_were(
            places in proptest::collection::vec(uniform3(uniform3(-1e5_f32..1e5)), 1..40),
            solid in any::<bool>(),
        ) {
            let mut bytes = format!("{:<80}", if solid { "solid" } else { "" }).into_bytes();
            bytes.extend((places.len() as u32).to_le_bytes());
            for triangle in &places {
                bytes.extend([0; 12]);
                bytes.extend(triangle.iter().flatten().flat_map(|n| n.to_le_bytes()));
                bytes.extend([0; 2]);
            }
            let figure = read(&bytes).unwrap();
            prop_assert_eq!(figure.triangles.len(), places.len());
            for (triangle, expected) in figure.triangles.iter().zip(&places) {
                for (&vertex, &[x, y, z]) in triangle.iter().zip(expected) {
                    let place = figure.vertices[vertex as usize].position;
                    prop_assert!((place - Vec3::new(x, z, -y) / 1000.0).length() < 1e-2);
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), text in any::<bool>()) {
            if text {
                bytes.splice(0..0, TEXT.bytes().take(90));
            }
            if let Ok(figure) = read(&bytes) {
                prop_assert!(figure.vertices.iter().all(|vertex| vertex.position.is_finite()));
            }
        }
    }
}
