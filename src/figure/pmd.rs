//! PMD 1.0, the older models of MikuMikuDance: read into the terms of PMX, as its editor converts them.
//!
//! Format: <https://mikumikudance.fandom.com/wiki/MMD:Polygon_Model_Data>, after 通りすがりの記憶's notes at
//! <https://blog.goo.ne.jp/torisu_tetosuki/e/209ad341d3ece2b1b4df24abf619d6e4>.

use super::pmx::convert;
use super::pmx::cursor::Cursor;
use super::pmx::model::{Append, Body, Bone, Ik, Link, Material, Model, Morph, Offsets, Tie, Toon, Vertex};
use super::resources::Folder;
use super::{Figure, FigureError};
use glam::{Vec3, Vec4};
use std::f32::consts::PI;
use std::path::Path;

/// Reads a PMD file, whose content is `bytes`; its textures are looked for beside `path`.
///
/// # Errors
/// [`FigureError::Damaged`], naming `path`.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Figure, FigureError> {
    parse(bytes)
        .and_then(|model| convert::figure(model, path, &Folder::of(path)))
        .map_err(|what| FigureError::Damaged { path: path.to_owned(), what })
}

fn parse(bytes: &[u8]) -> Result<Model, String> {
    let cursor = &mut Cursor::new(bytes);
    if cursor.take(3)? != b"Pmd" {
        return Err("it doesn't begin as PMD files do".into());
    }
    cursor.take(4)?; // version: always 1.0
    let mut model = Model::default();
    model.name[0] = text(cursor, 20)?;
    model.comment[0] = text(cursor, 256)?;
    let count = cursor.count("vertices", 38)?;
    model.vertices = (0..count).map(|_| vertex(cursor)).collect::<Result<_, _>>()?;
    let corners = cursor.count("triangle corners", 2)?;
    let mut corner = || cursor.u16().map(u32::from);
    model.triangles = (0..corners / 3).map(|_| Ok([corner()?, corner()?, corner()?])).collect::<Result<_, String>>()?;
    // Corners that are left over make no triangle.
    cursor.take(corners % 3 * 2)?;
    let toons = materials(cursor, &mut model)?;
    bones(cursor, &mut model)?;
    morphs(cursor, &mut model)?;
    rest(cursor, &mut model, &toons)?;
    model.no_numbers = cursor.no_numbers;
    Ok(model)
}

/// Shift-JIS in a field of fixed length, filled up with anything after a zero.
fn text(cursor: &mut Cursor, length: usize) -> Result<String, String> {
    let field = cursor.take(length)?;
    let used = field.split(|&b| b == 0).next().unwrap_or_default();
    Ok(encoding_rs::SHIFT_JIS.decode_without_bom_handling(used).0.replace("\r\n", "\n"))
}

/// The names of files in such a field. They are in the code page of the author's system, and other systems than Japanese ones
/// wrote PMD, too; which it was matters, since the files must be found.
fn files(cursor: &mut Cursor, length: usize) -> Result<String, String> {
    let field = cursor.take(length)?;
    let used = field.split(|&b| b == 0).next().unwrap_or_default();
    let pages = [encoding_rs::SHIFT_JIS, encoding_rs::GBK, encoding_rs::BIG5, encoding_rs::EUC_KR];
    let read = pages.iter().find_map(|page| page.decode_without_bom_handling_and_without_replacement(used));
    Ok(read.unwrap_or_else(|| encoding_rs::SHIFT_JIS.decode_without_bom_handling(used).0).into_owned())
}

/// A 16-bit index; 65,535 stands for none.
fn index(cursor: &mut Cursor) -> Result<i32, String> {
    Ok(match cursor.u16()? {
        u16::MAX => -1,
        i => i32::from(i),
    })
}

fn vertex(cursor: &mut Cursor) -> Result<Vertex, String> {
    let (position, normal, uv) = (cursor.place()?, cursor.direction()?, cursor.vec2()?);
    let bones = [index(cursor)?, index(cursor)?, -1, -1];
    let weight = f32::from(cursor.u8()?) / 100.0;
    cursor.take(1)?; // without edge
    Ok(Vertex { position, normal, uv, bones, weights: [weight, 1.0 - weight, 0.0, 0.0] })
}

/// Reads the materials; their toons are numbers until the list of files comes, far behind.
fn materials(cursor: &mut Cursor, model: &mut Model) -> Result<Vec<u8>, String> {
    let count = cursor.count("materials", 70)?;
    let mut toons = Vec::with_capacity(count);
    for i in 0..count {
        let mut diffuse = cursor.colour()?;
        cursor.take(16)?; // specular power and colour
        let ambient = cursor.vec3()?;
        toons.push(cursor.u8()?);
        let edge = cursor.u8()? != 0;
        let triangles = cursor.u32()? as usize / 3;
        let files = files(cursor, 20)?;
        // One field for both: texture*sphere map, either of which may be missing.
        let (spheres, textures): (Vec<&str>, Vec<&str>) = files.split('*').filter(|f| !f.is_empty()).partition(|f| {
            let lower = f.to_ascii_lowercase();
            lower.ends_with(".sph") || lower.ends_with(".spa")
        });
        let mut texture = -1;
        if let Some(name) = textures.first() {
            texture = model.textures.iter().position(|known| known == name).unwrap_or(model.textures.len()) as i32;
            if texture as usize == model.textures.len() {
                model.textures.push((*name).to_owned());
            }
        }
        // Nothing draws them, but they belong to the model.
        model.textures.extend(spheres.iter().map(|&name| name.to_owned()));
        let double_sided = diffuse.w < 1.0;
        // 0.98 was how a model said that it takes no shadow; it is not meant to be seen through.
        if (diffuse.w - 0.98).abs() < 1e-3 {
            diffuse.w = 1.0;
        }
        model.materials.push(Material {
            name: format!("material {}", i + 1),
            diffuse,
            ambient,
            double_sided,
            edge: edge.then_some((Vec4::new(0.0, 0.0, 0.0, 1.0), 1.0)),
            texture,
            toon: Toon::BuiltIn,
            has_sphere_map: !spheres.is_empty(),
            triangles,
        });
    }
    Ok(toons)
}

/// Bones and, in a list of their own, IK chains.
fn bones(cursor: &mut Cursor, model: &mut Model) -> Result<(), String> {
    let count = cursor.u16()?;
    let count = cursor.check_count(count.into(), "bones", 39)?;
    for i in 0..count {
        let name = text(cursor, 20)?;
        let parent = index(cursor)?;
        let tail = index(cursor)?;
        let kind = cursor.u8()?;
        let number = cursor.u16()?;
        let append = match kind {
            5 => Some((i32::from(number), 1.0)),
            // The share in percent, as a signed number.
            9 => Some((tail, f32::from(number as i16) / 100.0)),
            _ => None,
        };
        // A root bone may name itself.
        let parent = if parent == i as i32 { -1 } else { parent };
        model.bones.push(Bone {
            name: [name, String::new()],
            position: cursor.place()?,
            parent,
            may_rotate: true,
            may_translate: matches!(kind, 1 | 2),
            operable: matches!(kind, 0 | 1 | 2 | 4 | 5 | 8),
            append: append.map(|(source, ratio)| Append {
                source,
                ratio,
                rotation: true,
                translation: false,
                local: false,
            }),
            ..Bone::default()
        });
    }
    let count = cursor.u16()?;
    let count = cursor.check_count(count.into(), "IK chains", 11)?;
    let mut links = vec![false; model.bones.len()];
    for _ in 0..count {
        let goal = cursor.u16()? as usize;
        let effector = index(cursor)?;
        let length = cursor.u8()?;
        let iterations = i32::from(cursor.u16()?);
        let step_rad = 4.0 * cursor.f32()?;
        let mut ik = Ik { effector, iterations, step_rad, links: Vec::new() };
        for _ in 0..length {
            let bone = index(cursor)?;
            let known = usize::try_from(bone).ok().and_then(|i| Some((model.bones.get(i)?, links.get_mut(i)?)));
            // Knees bend one way only; MMD knows them by their name.
            let knee = known.is_some_and(|(bone, is_link)| {
                *is_link = true;
                bone.name[0].contains("ひざ")
            });
            let limits = knee.then_some((Vec3::new(-PI, 0.0, 0.0), Vec3::new(-0.5f32.to_radians(), 0.0, 0.0)));
            ik.links.push(Link { bone, limits });
        }
        match model.bones.get_mut(goal) {
            Some(bone) => {
                bone.layer = 1;
                bone.ik = Some(ik);
            }
            None => model.faults.note("IK chains of bones that aren't there"),
        }
    }
    // What copies a link's motion waits until IK has found it.
    for bone in &mut model.bones {
        let source = bone.append.as_ref().and_then(|a| usize::try_from(a.source).ok());
        if source.is_some_and(|source| links.get(source) == Some(&true)) {
            bone.layer = 2;
        }
    }
    Ok(())
}

/// The first morph lists the vertices that all others mean by their place in that list.
fn morphs(cursor: &mut Cursor, model: &mut Model) -> Result<(), String> {
    let count = cursor.u16()?;
    let count = cursor.check_count(count.into(), "morphs", 25)?;
    let mut base: Vec<u32> = Vec::new();
    for i in 0..count {
        let name = text(cursor, 20)?;
        let offsets = cursor.count("morph offsets", 16)?;
        let panel = cursor.u8()?;
        let mut read = || Ok((cursor.u32()?, cursor.place()?));
        let offsets: Vec<(u32, Vec3)> = (0..offsets).map(|_| read()).collect::<Result<_, String>>()?;
        if panel == 0 && i == 0 {
            base = offsets.into_iter().map(|(vertex, _)| vertex).collect();
            continue;
        }
        // What isn't in the list is no vertex.
        let vertex = |at: u32| base.get(at as usize).copied().unwrap_or(u32::MAX);
        let offsets = offsets.into_iter().map(|(at, offset)| (vertex(at), offset)).collect();
        model.morphs.push(Morph { name: [name, String::new()], panel, offsets: Offsets::Vertices(offsets) });
    }
    Ok(())
}

/// What follows came with later versions of MMD, so a file may end before any part of it: display lists, English names,
/// toon textures, physics.
fn rest(cursor: &mut Cursor, model: &mut Model, toons: &[u8]) -> Result<(), String> {
    if cursor.remaining() == 0 {
        return Ok(());
    }
    let shown = cursor.u8()? as usize;
    cursor.take(2 * shown)?;
    let groups = cursor.u8()? as usize;
    cursor.take(50 * groups)?;
    let listed = cursor.count("bones on display", 3)?;
    cursor.take(3 * listed)?;
    if cursor.remaining() == 0 {
        return Ok(());
    }
    if cursor.u8()? != 0 {
        model.name[1] = text(cursor, 20)?;
        model.comment[1] = text(cursor, 256)?;
        for bone in &mut model.bones {
            bone.name[1] = text(cursor, 20)?;
        }
        for morph in &mut model.morphs {
            morph.name[1] = text(cursor, 20)?;
        }
        cursor.take(50 * groups)?;
    }
    if cursor.remaining() == 0 {
        return Ok(());
    }
    let first = model.textures.len();
    for _ in 0..10 {
        model.textures.push(files(cursor, 100)?);
    }
    for (material, &toon) in model.materials.iter_mut().zip(toons) {
        if toon < 10 {
            material.toon = Toon::Texture((first + toon as usize) as i32);
        }
    }
    if cursor.remaining() == 0 {
        return Ok(());
    }
    let count = cursor.count("rigid bodies", 83)?;
    for _ in 0..count {
        let name = text(cursor, 20)?;
        let bone = index(cursor)?;
        let mut body = Body::read(name, bone, cursor)?;
        // PMD says where a body is from its bone on, and of one without a bone from the centre, the first bone.
        let from = usize::try_from(bone).unwrap_or(0);
        body.position += model.bones.get(from).map_or(Vec3::ZERO, |bone| bone.position);
        model.bodies.push(body);
    }
    let count = cursor.count("physics joints", 124)?;
    for _ in 0..count {
        let name = text(cursor, 20)?;
        let bodies = [cursor.i32()?, cursor.i32()?];
        model.ties.push(Tie::read(name, bodies, cursor)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_read_in_the_page_that_they_were_written_in() {
        let read = |page: &'static encoding_rs::Encoding, name: &str| {
            let mut field = page.encode(name).0.into_owned();
            field.push(0);
            field.resize(20, 0xfd);
            files(&mut Cursor::new(&field), 20).unwrap()
        };
        assert_eq!(read(encoding_rs::SHIFT_JIS, "髪ソ.bmp*a.sph"), "髪ソ.bmp*a.sph");
        assert_eq!(read(encoding_rs::GBK, "皮肤.png"), "皮肤.png");
        assert_eq!(read(encoding_rs::EUC_KR, "plain.tga"), "plain.tga");
        assert!(!files(&mut Cursor::new(&[0xff; 20]), 20).unwrap().is_empty(), "nonsense is no reason to stop");
    }
}
