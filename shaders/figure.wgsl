// What every pass over a figure shares: bindings and skinning. It is put before each pass's own file.

struct Frame {
    clip_from_world: mat4x4f,
    // Towards the light, world space, unit length; w: metres that a pixel's height covers at clip w = 1.
    light: vec4f,
    // Low and high cosine between which shade turns into light; then the least width of lines in pixels.
    tones: vec4f,
}

struct Draw {
    submesh: u32,
    material: u32,
    // Fragments whose alpha is below are not there.
    cutoff: f32,
    padding: u32,
}

// sRGB-encoded colours.
struct Looks {
    base: vec4f,
    // w: how much of the shade is laid on.
    shade: vec4f,
    // w: how far the surface's own colour multiplies it.
    outline: vec4f,
    // x: metres; y: alpha of the line.
    outline_width: vec4f,
    // Linear light that the surface gives off.
    emission: vec4f,
    // What becomes of the textures' colours.
    tint_multiply: vec4f,
    tint_add: vec4f,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> bind_matrices: array<mat4x4f>;
@group(0) @binding(2) var<storage, read> draws: array<Draw>;
@group(0) @binding(3) var<storage, read> looks: array<Looks>;

@group(1) @binding(0) var base_texture: texture_2d<f32>;
@group(1) @binding(1) var base_sampler: sampler;
@group(1) @binding(2) var shade_texture: texture_2d<f32>;
@group(1) @binding(3) var shade_sampler: sampler;
@group(1) @binding(4) var emission_texture: texture_2d<f32>;
@group(1) @binding(5) var emission_sampler: sampler;

// A vertex of the figure; the instance is the index of the draw.
struct Vertex {
    @builtin(instance_index) draw: u32,
    // After morphs.
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) uv: vec2f,
    @location(3) landmark: vec3f,
    // sRGB-encoded.
    @location(4) colour: vec4f,
    @location(5) binds: vec4u,
    @location(6) weights: vec4f,
    @location(7) joint: u32,
    @location(8) emission_uv_offset: vec2f,
}

// The blended matrix of a vertex. Sums in the order of the CPU's skinning.
fn skin(binds: vec4u, weights: vec4f) -> mat4x4f {
    if weights.x == 1.0 {
        return bind_matrices[binds.x];
    }
    var matrix = mat4x4f();
    for (var i = 0u; i < 4u; i++) {
        if weights[i] != 0.0 {
            matrix += bind_matrices[binds[i]] * weights[i];
        }
    }
    return matrix;
}

fn unit_or_zero(v: vec3f) -> vec3f {
    let squared = dot(v, v);
    return select(vec3f(0.0), v * inverseSqrt(squared), squared > 1e-30);
}

// Alpha of a surface: material, vertices and the texture at full size, the same in every pass that cuts.
fn surface_alpha(draw: u32, vertex_alpha: f32, uv: vec2f) -> f32 {
    let texture_alpha = textureSampleLevel(base_texture, base_sampler, uv, 0.0).a;
    return looks[draws[draw].material].base.a * vertex_alpha * texture_alpha;
}
