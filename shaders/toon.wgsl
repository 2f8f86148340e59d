// The figure as a cel: texture, two tones, inverted-hull outlines. Colours are sRGB-encoded throughout; the target,
// Rgba8Unorm, holds premultiplied samples that resolve.wgsl averages.

// The material shines or is tinted.
override rich: bool = false;

struct Surface {
    @builtin(position) position: vec4f,
    @location(0) normal: vec3f,
    @location(1) uv: vec2f,
    @location(2) colour: vec4f,
    @location(3) @interpolate(flat) draw: u32,
    @location(4) emission_uv: vec2f,
}

@vertex
fn surface(v: Vertex) -> Surface {
    let matrix = skin(v.binds, v.weights);
    let world = matrix * vec4f(v.position, 1.0);
    let normal = unit_or_zero((matrix * vec4f(v.normal, 0.0)).xyz);
    return Surface(frame.clip_from_world * vec4f(world.xyz, 1.0), normal, v.uv, v.colour, v.draw, v.uv + v.emission_uv_offset);
}

@vertex
fn hull(v: Vertex) -> Surface {
    let matrix = skin(v.binds, v.weights);
    let world = (matrix * vec4f(v.position, 1.0)).xyz;
    let normal = unit_or_zero((matrix * vec4f(v.normal, 0.0)).xyz);
    // Lines of small pictures keep a least width in pixels.
    let w = (frame.clip_from_world * vec4f(world, 1.0)).w;
    let width = max(looks[draws[v.draw].material].outline_width.x, frame.tones.z * frame.light.w * w);
    return Surface(frame.clip_from_world * vec4f(world + normal * width, 1.0), normal, v.uv, v.colour, v.draw, v.uv + v.emission_uv_offset);
}

// MMD's texture factors.
fn tinted(look: Looks, texel: vec4f) -> vec4f {
    if !rich {
        return texel;
    }
    let multiplied = mix(vec3f(1.0), texel.rgb * look.tint_multiply.rgb, look.tint_multiply.a);
    let darkened = saturate(multiplied + (multiplied - 1.0) * look.tint_add.a);
    return vec4f(saturate(darkened + look.tint_add.rgb), texel.a);
}

fn to_linear(c: vec3f) -> vec3f {
    return select(pow((c + 0.055) / 1.055, vec3f(2.4)), c / 12.92, c <= vec3f(0.04045));
}

fn to_srgb(c: vec3f) -> vec3f {
    return select(1.055 * pow(c, vec3f(1.0 / 2.4)) - 0.055, 12.92 * c, c <= vec3f(0.0031308));
}

// Straight alpha.
fn shaded(s: Surface, front: bool) -> vec4f {
    let look = looks[draws[s.draw].material];
    let texel = tinted(look, textureSample(base_texture, base_sampler, s.uv));
    let shade_texel = tinted(look, textureSample(shade_texture, shade_sampler, s.uv));
    let colour = look.base * s.colour * texel;
    let in_shade = look.shade.rgb * s.colour.rgb * shade_texel.rgb;
    let cosine = dot(unit_or_zero(select(-s.normal, s.normal, front)), frame.light.xyz);
    let lit = smoothstep(frame.tones.x, frame.tones.y, cosine);
    var seen = mix(in_shade, colour.rgb, 1.0 - look.shade.w * (1.0 - lit));
    if rich {
        let glow = look.emission.rgb * to_linear(textureSample(emission_texture, emission_sampler, s.emission_uv).rgb);
        seen = to_srgb(saturate(to_linear(seen) + glow));
    }
    return vec4f(seen, colour.a);
}

@fragment
fn whole(s: Surface, @builtin(front_facing) front: bool) -> @location(0) vec4f {
    return vec4f(shaded(s, front).rgb, 1.0);
}

@fragment
fn cut(s: Surface, @builtin(front_facing) front: bool) -> @location(0) vec4f {
    let colour = shaded(s, front);
    if surface_alpha(s.draw, s.colour.a, s.uv) < draws[s.draw].cutoff {
        discard;
    }
    return vec4f(colour.rgb, 1.0);
}

@fragment
fn blended(s: Surface, @builtin(front_facing) front: bool) -> @location(0) vec4f {
    let colour = shaded(s, front);
    if colour.a < draws[s.draw].cutoff {
        discard;
    }
    return vec4f(colour.rgb * colour.a, colour.a);
}

// Premultiplied.
fn line_colour(s: Surface) -> vec4f {
    let look = looks[draws[s.draw].material];
    let texel = tinted(look, textureSample(base_texture, base_sampler, s.uv));
    let surface = look.base.rgb * s.colour.rgb * texel.rgb;
    let alpha = look.outline_width.y;
    return vec4f(look.outline.rgb * mix(vec3f(1.0), surface, look.outline.w) * alpha, alpha);
}

@fragment
fn line(s: Surface) -> @location(0) vec4f {
    return line_colour(s);
}

@fragment
fn cut_line(s: Surface) -> @location(0) vec4f {
    let colour = line_colour(s);
    if surface_alpha(s.draw, s.colour.a, s.uv) < draws[s.draw].cutoff {
        discard;
    }
    return colour;
}
