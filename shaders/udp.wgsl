// Ultra-Dense Pose: which point of the T-posed surface is seen. Target Rgba32Float, cleared to 0.

struct Point {
    @builtin(position) position: vec4f,
    @location(0) landmark: vec3f,
    @location(1) uv: vec2f,
    @location(2) alpha: f32,
    @location(3) @interpolate(flat) draw: u32,
}

@vertex
fn vertex(v: Vertex) -> Point {
    let world = skin(v.binds, v.weights) * vec4f(v.position, 1.0);
    return Point(frame.clip_from_world * vec4f(world.xyz, 1.0), v.landmark, v.uv, v.colour.a, v.draw);
}

@fragment
fn whole(p: Point) -> @location(0) vec4f {
    return vec4f(p.landmark, 1.0);
}

@fragment
fn cut(p: Point) -> @location(0) vec4f {
    if surface_alpha(p.draw, p.alpha, p.uv) < draws[p.draw].cutoff {
        discard;
    }
    return vec4f(p.landmark, 1.0);
}
