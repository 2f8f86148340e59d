//! One pixel for four: how pictures become smaller.

/// The mean of four pixels, colours weighted by alpha so that what is transparent bleeds into nothing.
pub(crate) fn mean(texels: [[u8; 4]; 4]) -> [u8; 4] {
    let alpha: u32 = texels.iter().map(|t| u32::from(t[3])).sum();
    let channel = |channel: usize| {
        let value = |t: &[u8; 4]| u32::from(t[channel]);
        let weighted = texels.iter().map(|t| value(t) * u32::from(t[3])).sum::<u32>() + alpha / 2;
        weighted.checked_div(alpha).unwrap_or_else(|| (texels.iter().map(value).sum::<u32>() + 2) / 4) as u8
    };
    [channel(0), channel(1), channel(2), ((alpha + 2) / 4) as u8]
}
