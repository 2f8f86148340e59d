//! [`JobView`]: how a job stands, by what lies in its folder.

use super::folder::End;
use super::{JobFolder, QueueError, Wish};
use crate::events::Event;
use std::collections::VecDeque;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Frames whose times tell how long the others will take.
const RECENT: usize = 16;
/// So much of what a process tells is read at a time.
const PIECE_BYTES: u64 = 4 << 20;

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits for its turn.
    Waiting,
    /// A process works on it.
    Working,
    /// Somebody wants it to wait.
    Paused,
    /// Everything is written.
    Done,
    /// A sentence that says why not.
    Failed(String),
}

/// A job, and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
    /// Its folder.
    pub path: PathBuf,
    /// What is wanted.
    pub wish: Wish,
    /// How it stands.
    pub standing: Standing,
    /// What its process does, in words; empty: nothing yet.
    pub stage: String,
    /// Steps of that, done and all; all is 0 where it is not known.
    pub steps: [u64; 2],
    /// The frame that was painted last.
    pub picture: Option<PathBuf>,
    /// Seconds until its frames are painted, where that can be told.
    pub left_s: Option<f64>,
    /// What the user should know, a sentence each.
    pub warnings: Vec<String>,
}

/// Follows a job; reads what was told since it looked last, no more.
pub struct JobReader {
    folder: JobFolder,
    read_bytes: u64,
    /// A line that was not whole yet.
    rest: Vec<u8>,
    took_s: VecDeque<f64>,
    view: JobView,
}

impl JobReader {
    /// Opens a job.
    ///
    /// # Errors
    /// A folder that is no job.
    pub fn open(path: &Path) -> Result<Self, QueueError> {
        let (folder, wish) = JobFolder::open(path)?;
        let view = JobView {
            path: path.to_owned(),
            wish,
            standing: Standing::Waiting,
            stage: String::new(),
            steps: [0; 2],
            picture: None,
            left_s: None,
            warnings: Vec::new(),
        };
        let mut reader = Self { folder, read_bytes: 0, rest: Vec::new(), took_s: VecDeque::new(), view };
        reader.look();
        Ok(reader)
    }

    /// The job as it was seen last.
    pub fn view(&self) -> &JobView {
        &self.view
    }

    /// Looks again.
    pub fn look(&mut self) -> &JobView {
        // Before the end is looked for: a process lets go after it has told of it.
        let held = self.folder.is_held();
        self.listen();
        self.view.standing = match self.folder.ended() {
            _ if held => Standing::Working,
            Some(End::Done) => Standing::Done,
            Some(End::Failed(why)) => Standing::Failed(why),
            None if self.folder.is_paused() => Standing::Paused,
            None => Standing::Waiting,
        };
        let [done, all] = self.view.steps;
        let mean = self.took_s.iter().sum::<f64>() / self.took_s.len().max(1) as f64;
        let known = self.view.standing == Standing::Working && !self.took_s.is_empty() && all > done;
        self.view.left_s = known.then(|| mean * (all - done) as f64);
        &self.view
    }

    /// Reads what was told.
    fn listen(&mut self) {
        let path = self.folder.output();
        let Ok(mut file) = crate::files::open(&path) else { return };
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        if length < self.read_bytes {
            // Another process has begun anew.
            (self.read_bytes, self.rest) = (0, Vec::new());
            self.took_s.clear();
            self.view.warnings.clear();
        }
        let mut piece = Vec::new();
        let read =
            file.seek(SeekFrom::Start(self.read_bytes)).and_then(|_| file.take(PIECE_BYTES).read_to_end(&mut piece));
        if read.is_err() {
            return;
        }
        self.read_bytes += piece.len() as u64;
        self.rest.extend(piece);
        let Some(end) = self.rest.iter().rposition(|&byte| byte == b'\n') else { return };
        let lines: Vec<u8> = self.rest.drain(..=end).collect();
        for line in String::from_utf8_lossy(&lines).lines() {
            if let Ok(event) = Event::from_line(line) {
                self.hear(event);
            }
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Stage { what, total } => {
                (self.view.stage, self.view.steps) = (what, [0, total]);
                self.took_s.clear();
            }
            Event::Progress { what, done, total } => (self.view.stage, self.view.steps) = (what, [done, total]),
            Event::Frame { path, seconds, cached, .. } => {
                self.view.picture = Some(path.into());
                if !cached {
                    self.took_s.push_back(seconds);
                    if self.took_s.len() > RECENT {
                        self.took_s.pop_front();
                    }
                }
            }
            Event::Warning { message } if !self.view.warnings.contains(&message) => self.view.warnings.push(message),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::PainterChoice;
    use crate::export::Kind;
    use crate::layers::Layer;
    use crate::project::Project;
    use crate::queue::jobs_in;
    use crate::raster::RasterChoice;
    use std::io::Write as _;

    fn wish() -> Wish {
        Wish {
            version: 0,
            name: "Mio: a/b".into(),
            kind: Kind::SpriteGrid,
            target: "/out/mio.json".into(),
            frames: [3, 9],
            on: 2,
            size_px: [48, 64],
            engine: PainterChoice::Auto,
            layers: vec![Layer::Depth, Layer::Body18],
            raster: RasterChoice::Cpu,
            background: Some("#ff8800".into()),
            silent: true,
            replace: false,
        }
    }

    fn tell(job: &JobFolder, events: &[Event]) {
        let mut file = std::fs::File::options().create(true).append(true).open(job.output()).unwrap();
        events.iter().for_each(|event| writeln!(file, "{}", event.to_line().unwrap()).unwrap());
    }

    #[test]
    fn a_job_is_followed_by_its_folder() {
        let parent = tempfile::tempdir().unwrap();
        let jobs = parent.path().join("renders");
        let job = JobFolder::create(&jobs, &wish(), &Project::example()).unwrap();
        let other = JobFolder::create(&jobs, &wish(), &Project::example()).unwrap();
        assert_eq!(jobs_in(&jobs), [job.clone(), other]);
        let project = wish().project(job.path());
        assert_eq!(Project::load(&project).unwrap(), Project::example());
        let words: Vec<_> = wish().arguments(job.path()).into_iter().map(|w| w.into_string().unwrap()).collect();
        let line = words.join(" ");
        assert!(line.contains("--as sprite-grid") && line.contains("--frames 3-9 --on 2"), "{line}");
        assert!(line.ends_with("--raster cpu --layers depth,openpose-json --background #ff8800 --no-sound"), "{line}");

        let mut reader = JobReader::open(job.path()).unwrap();
        assert_eq!((&reader.view().standing, reader.view().wish.count()), (&Standing::Waiting, 7));
        let claim = job.claim().unwrap();
        assert!(matches!(job.claim(), Err(QueueError::Held { .. })));
        assert_eq!(job.process(), Some(std::process::id()));
        let frame = |frame, seconds, cached| Event::Frame { frame, path: format!("{frame}.png"), seconds, cached };
        let step = |done| Event::Progress { what: "painting".into(), done, total: 7 };
        let begun =
            [Event::Stage { what: "painting".into(), total: 7 }, frame(3, 0.0, true), step(1), frame(4, 2.0, false)];
        tell(&job, &begun);
        tell(
            &job,
            &[step(2), Event::Warning { message: "left out".into() }, Event::Warning { message: "left out".into() }],
        );
        // Half a line is read when it is whole.
        let line = step(3).to_line().unwrap();
        let half = |part: &str| {
            std::fs::File::options().append(true).open(job.output()).unwrap().write_all(part.as_bytes()).unwrap();
        };
        half(&line[..9]);
        let view = reader.look();
        assert_eq!((&view.standing, view.steps, view.left_s), (&Standing::Working, [2, 7], Some(10.0)));
        assert_eq!((view.picture.as_deref(), view.warnings.len()), (Some(Path::new("4.png")), 1));
        half(&format!("{}\nno event\n", &line[9..]));
        assert_eq!(reader.look().steps, [3, 7]);

        drop(claim);
        job.pause().unwrap();
        assert_eq!(reader.look().standing, Standing::Paused);
        job.resume();
        job.end(Some("the disk is full".into())).unwrap();
        assert_eq!(reader.look().standing, Standing::Failed("the disk is full".into()));
        // Once more: another process tells its own story.
        job.resume();
        std::fs::write(job.output(), "").unwrap();
        let view = reader.look();
        assert_eq!((&view.standing, view.warnings.len()), (&Standing::Waiting, 0));
        job.end(None).unwrap();
        assert_eq!(reader.look().standing, Standing::Done);
    }

    #[test]
    fn what_is_no_job_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(JobReader::open(folder.path()).err().unwrap().to_string().contains("job.json"));
        std::fs::write(folder.path().join("job.json"), "{}").unwrap();
        assert!(JobReader::open(folder.path()).err().unwrap().to_string().contains("no job"));
        let job = JobFolder::create(folder.path(), &wish(), &Project::example()).unwrap();
        let file = job.path().join("job.json");
        let newer = std::fs::read_to_string(&file).unwrap().replace("\"version\": 1", "\"version\": 2");
        std::fs::write(&file, newer).unwrap();
        assert!(JobReader::open(job.path()).err().unwrap().to_string().contains("newer Settei"));
    }
}
