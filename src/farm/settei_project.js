// A job type for Flamenco 3: frames of a Settei project, painted in chunks, then encoded once. How hair and skirts swing
// is worked out before, for all of them.
//
// Put this file into the folder `scripts` of the Flamenco Manager, which then offers "Settei project". The project's
// folder and the output folder have to be where all workers see them.

const JOB_TYPE = {
  label: "Settei project",
  description: "Paint the frames of a Settei project, and make an animation, a video or a sprite sheet of them",
  settings: [
    { key: "project", type: "string", subtype: "file_path", required: true,
      description: "The project (.settei), as `settei project collect` makes it" },
    { key: "output", type: "string", subtype: "dir_path", required: true,
      description: "Folder for the frames, and for what is made of them" },
    { key: "frames", type: "string", required: true, default: "0-23",
      description: "Which frames, such as 0-60,75" },
    { key: "chunk_size", type: "int32", default: 10, propargs: { min: 1 },
      description: "How many frames one worker paints before it takes others" },
    { key: "picture_size", type: "string", required: true, default: "512x768",
      description: "Width and height in pixels" },
    { key: "on", type: "int32", default: 1, propargs: { min: 1, max: 24 },
      description: "For how many frames each drawing is seen" },
    { key: "engine", type: "string", default: "auto", choices: ENGINES,
      description: "Who paints" },
    { key: "raster", type: "string", default: "cpu", choices: RASTERS,
      description: "What draws the figure; cpu is the same on all machines to the last bit" },
    { key: "layers", type: "string", default: "", visible: "submission",
      description: "What is drawn of each frame besides, by commas: udp, depth, ids, toon, lines, openpose" },
    { key: "encode", type: "string", default: "none", choices: KINDS,
      description: "What is made of the frames" },
    { key: "encoded", type: "string", default: "", visible: "submission",
      description: "What that is called; empty: as the project" },
    { key: "fps", type: "string", default: "24",
      description: "Frames a second of it, such as 24 or 23.976" },
    { key: "settei", type: "string", required: true, default: "settei", visible: "submission",
      description: "The program, by its name on PATH, its place, or a variable of the Manager such as {settei}" },
  ],
};

// How the file of each kind ends; others are folders.
const ENDING = ENDINGS;

function compileJob(job) {
  const settings = job.settings;
  const output = settings.output.replace(/[\/\\]+$/, "");
  const frames = output + "/frames";
  const bake = output + "/swinging.bake";
  const swinging = call("bake", settings, [
    "bake", settings.project, "--frames", settings.frames, "--on", String(settings.on), "--out", bake, "--overwrite",
  ]);
  job.addTask(swinging);
  const painted = [];
  for (const chunk of frameChunker(settings.frames, settings.chunk_size)) {
    const task = call("paint-" + chunk, settings, [
      "render", settings.project, "--frames", chunk, "--on", String(settings.on), "--bake", bake,
      "--picture-size", settings.picture_size, "--engine", settings.engine, "--raster", settings.raster,
      "--out", frames,
    ].concat(settings.layers ? ["--layers", settings.layers] : []));
    task.addDependency(swinging);
    job.addTask(task);
    painted.push(task);
  }
  if (!settings.encode || settings.encode === "none") {
    return;
  }
  const task = call("encode", settings, [
    "encode", frames, "--as", settings.encode, "--fps", settings.fps,
    "--to", output + "/" + (settings.encoded || nameOf(settings)), "--overwrite",
  ]);
  for (const needed of painted) {
    task.addDependency(needed);
  }
  job.addTask(task);
}

// A task that calls `settei project`.
function call(name, settings, args) {
  const task = author.Task(name, "misc");
  task.addCommand(author.Command("exec", { exe: settings.settei, args: ["project"].concat(args) }));
  return task;
}

function nameOf(settings) {
  const stem = settings.project.split(/[\/\\]/).pop().replace(/\.settei$/i, "");
  const ending = ENDING[settings.encode];
  return ending ? stem + "." + ending : stem;
}
