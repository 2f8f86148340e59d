// What is under each pixel: submesh + 1 and joint. Target Rg32Uint, cleared to 0.

struct Point {
    @builtin(position) position: vec4f,
    @location(0) uv: vec2f,
    @location(1) alpha: f32,
    @location(2) @interpolate(flat, first) draw: u32,
    @location(3) @interpolate(flat, first) joint: u32,
}

@vertex
fn vertex(v: Vertex) -> Point {
    let world = skin(v.binds, v.weights) * vec4f(v.position, 1.0);
    return Point(frame.clip_from_world * vec4f(world.xyz, 1.0), v.uv, v.colour.a, v.draw, v.joint);
}

@fragment
fn whole(p: Point) -> @location(0) vec2u {
    return vec2u(draws[p.draw].submesh + 1u, p.joint);
}

@fragment
fn cut(p: Point) -> @location(0) vec2u {
    if surface_alpha(p.draw, p.alpha, p.uv) < draws[p.draw].cutoff {
        discard;
    }
    return vec2u(draws[p.draw].submesh + 1u, p.joint);
}
