// Averages the samples of each pixel and makes alpha straight.

@group(0) @binding(0) var samples: texture_2d<f32>;

override samples_per_axis: u32 = 1u;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    // One triangle that covers the target.
    return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment
fn resolve(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let first = vec2u(position.xy) * samples_per_axis;
    var sum = vec4f(0.0);
    for (var y = 0u; y < samples_per_axis; y++) {
        for (var x = 0u; x < samples_per_axis; x++) {
            sum += textureLoad(samples, first + vec2u(x, y), 0);
        }
    }
    let colour = sum / f32(samples_per_axis * samples_per_axis);
    return vec4f(colour.rgb / select(1.0, colour.a, colour.a > 0.0), colour.a);
}
