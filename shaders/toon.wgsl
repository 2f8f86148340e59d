// The figure as a cel: texture, two tones, inverted-hull outlines. Colours are sRGB-encoded throughout; the target,
// Rgba8Unorm, holds premultiplied samples that resolve.wgsl averages.

struct Surface {
    @builtin(position) position: vec4f,
    @location(0) normal: vec3f,
    @location(1) uv: vec2f,
    @location(2) colour: vec4f,
    @location(3) @interpolate(flat) draw: u32,
}

@vertex
fn surface(v: Vertex) -> Surface {
    let matrix = skin(v.binds, v.weights);
    let world = matrix * vec4f(v.position, 1.0);
    let normal = unit_or_zero((matrix * vec4f(v.normal, 0.0)).xyz);
    return Surface(frame.clip_from_world * vec4f(world.xyz, 1.0), normal, v.uv, v.colour, v.draw);
}

@vertex
fn hull(v: Vertex) -> Surface {
    let matrix = skin(v.binds, v.weights);
    let world = (matrix * vec4f(v.position, 1.0)).xyz;
    let normal = unit_or_zero((matrix * vec4f(v.normal, 0.0)).xyz);
    // Lines of small pictures keep a least width in pixels.
    let w = (frame.clip_from_world * vec4f(world, 1.0)).w;
    let width = max(looks[draws[v.draw].material].outline_width.x, frame.tones.z * frame.light.w * w);
    return Surface(frame.clip_from_world * vec4f(world + normal * width, 1.0), normal, v.uv, v.colour, v.draw);
}

// Straight alpha.
fn shaded(s: Surface, front: bool) -> vec4f {
    let look = looks[draws[s.draw].material];
    let texel = textureSample(base_texture, base_sampler, s.uv);
    let shade_texel = textureSample(shade_texture, shade_sampler, s.uv);
    let colour = look.base * s.colour * texel;
    let in_shade = look.shade.rgb * s.colour.rgb * shade_texel.rgb;
    let cosine = dot(unit_or_zero(select(-s.normal, s.normal, front)), frame.light.xyz);
    let lit = smoothstep(frame.tones.x, frame.tones.y, cosine);
    return vec4f(mix(in_shade, colour.rgb, 1.0 - look.shade.w * (1.0 - lit)), colour.a);
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

fn line_colour(s: Surface) -> vec4f {
    let look = looks[draws[s.draw].material];
    let surface = look.base.rgb * s.colour.rgb * textureSample(base_texture, base_sampler, s.uv).rgb;
    return vec4f(look.outline.rgb * mix(vec3f(1.0), surface, look.outline.w), 1.0);
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
