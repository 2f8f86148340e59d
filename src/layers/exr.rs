//! Layers as OpenEXR, 32-bit floats: what compositing programs compute with.

use super::LayerError;
use crate::export::kept::KEYWORD;
use crate::udp::Udp;
use exr::meta::attribute::AttributeValue;
use exr::prelude::*;
use std::io::Cursor;

/// What renderers write where nothing is: infinity upsets some programs.
const NOWHERE_M: f32 = 1e10;

/// R, G, B the landmark, A the occupancy.
pub(super) fn udp(udp: &Udp, fingerprint: &str) -> std::result::Result<Vec<u8>, LayerError> {
    let channel = |i: usize, name| (name, udp.pixels.iter().map(|pixel| pixel[i]).collect());
    let channels = vec![channel(3, "A"), channel(2, "B"), channel(1, "G"), channel(0, "R")];
    write(channels, [udp.width_px, udp.height_px], fingerprint)
}

/// Z in metres.
pub(super) fn depth(
    depths_m: &[f32],
    size_px: [u32; 2],
    fingerprint: &str,
) -> std::result::Result<Vec<u8>, LayerError> {
    let depths = depths_m.iter().map(|depth| depth.min(NOWHERE_M)).collect();
    write(vec![("Z", depths)], size_px, fingerprint)
}

fn write(
    channels: Vec<(&str, Vec<f32>)>,
    size_px: [u32; 2],
    fingerprint: &str,
) -> std::result::Result<Vec<u8>, LayerError> {
    let channels = channels.into_iter().map(|(name, values)| AnyChannel::new(name, FlatSamples::F32(values)));
    let mut attributes = LayerAttributes::default();
    attributes.other.insert(KEYWORD.into(), AttributeValue::Text(fingerprint.into()));
    let layer = Layer::new(
        (size_px[0] as usize, size_px[1] as usize),
        attributes,
        Encoding::SMALL_LOSSLESS,
        AnyChannels::sort(channels.collect()),
    );
    let mut bytes = Cursor::new(Vec::new());
    Image::from_layer(layer).write().to_buffered(&mut bytes).map_err(LayerError::Exr)?;
    Ok(bytes.into_inner())
}
