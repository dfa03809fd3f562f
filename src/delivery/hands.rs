//! Who does what blocks: the Tox thread and the rounds of the queue give their work away here and go on.
//!
//! In a home these are tokio's blocking threads, and threads of their own for what lasts. In the simulation of a street
//! (`street`) nobody works by himself: what was given away waits on a bench until the simulation's clock says that the disk
//! was fast enough, and a power cut takes all of it.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use tokio::sync::Semaphore;

/// See the module; cheap to clone.
#[derive(Clone)]
pub struct Hands {
    runtime: tokio::runtime::Handle,
    #[cfg(test)]
    bench: Option<bench::Bench>,
}

impl From<tokio::runtime::Handle> for Hands {
    fn from(runtime: tokio::runtime::Handle) -> Self {
        Self {
            runtime,
            #[cfg(test)]
            bench: None,
        }
    }
}

impl Hands {
    /// Where a caller does its own waiting.
    pub(super) fn runtime(&self) -> &tokio::runtime::Handle {
        &self.runtime
    }

    /// Does `job` soon, on a thread that may block.
    pub(super) fn work(&self, job: impl FnOnce() + Send + 'static) {
        #[cfg(test)]
        if let Some(bench) = &self.bench {
            return bench.lay(Duration::ZERO, Box::new(job));
        }
        self.runtime.spawn_blocking(job);
    }

    /// Does `job` after this time.
    pub(super) fn work_later(&self, wait: Duration, job: impl FnOnce() + Send + 'static) {
        #[cfg(test)]
        if let Some(bench) = &self.bench {
            return bench.lay(wait, Box::new(job));
        }
        let runtime = self.runtime.clone();
        self.runtime.spawn(async move {
            tokio::time::sleep(wait).await;
            runtime.spawn_blocking(job);
        });
    }

    /// Does `job` once one of these places is free, and holds it meanwhile.
    pub(super) fn work_at(&self, places: Arc<Semaphore>, job: impl FnOnce() + Send + 'static) {
        #[cfg(test)]
        if let Some(bench) = &self.bench {
            // One job after the other there.
            return bench.lay(Duration::ZERO, Box::new(job));
        }
        self.runtime.spawn(async move {
            let place = places.acquire_owned().await;
            let done = tokio::task::spawn_blocking(move || {
                job();
                drop(place);
            });
            let _ = done.await;
        });
    }

    /// A thread of its own, which takes what is sent in order, and `None` when nobody can send any more; it ends then, or when
    /// `take` says so.
    ///
    /// # Errors
    /// No thread can be made. What `take` holds is dropped then.
    pub(super) fn worker<T: Send + 'static>(
        &self,
        name: &str,
        mut take: impl FnMut(Option<T>) -> ControlFlow<()> + Send + 'static,
    ) -> io::Result<Sender<T>> {
        let (sender, receiver) = channel();
        #[cfg(test)]
        if let Some(bench) = &self.bench {
            bench.seat(receiver, take);
            return Ok(sender);
        }
        std::thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                loop {
                    let part = receiver.recv().ok();
                    let last = part.is_none();
                    if take(part).is_break() || last {
                        return;
                    }
                }
            })?;
        Ok(sender)
    }
}

#[cfg(test)]
pub(super) mod bench {
    use std::collections::VecDeque;
    use std::ops::ControlFlow;
    use std::sync::mpsc::{Receiver, TryRecvError};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::Hands;
    use crate::delivery::lock;

    pub type Job = Box<dyn FnOnce() + Send>;

    /// Takes what has come for it. `false`: it has ended.
    type Worker = Box<dyn FnMut() -> bool + Send>;

    /// Where work lies that nobody does by himself.
    #[derive(Clone, Default)]
    pub struct Bench {
        jobs: Arc<Mutex<VecDeque<(Duration, Job)>>>,
        workers: Arc<Mutex<Vec<Worker>>>,
    }

    impl Bench {
        /// Hands that lay everything on this bench.
        pub fn hands(&self, runtime: tokio::runtime::Handle) -> Hands {
            Hands {
                runtime,
                bench: Some(self.clone()),
            }
        }

        pub(super) fn lay(&self, wait: Duration, job: Job) {
            lock(&self.jobs).push_back((wait, job));
        }

        pub(super) fn seat<T: Send + 'static>(
            &self,
            receiver: Receiver<T>,
            mut take: impl FnMut(Option<T>) -> ControlFlow<()> + Send + 'static,
        ) {
            lock(&self.workers).push(Box::new(move || {
                loop {
                    let (part, last) = match receiver.try_recv() {
                        Ok(part) => (Some(part), false),
                        Err(TryRecvError::Empty) => return true,
                        Err(TryRecvError::Disconnected) => (None, true),
                    };
                    if take(part).is_break() || last {
                        return false;
                    }
                }
            }));
        }

        /// What was laid down since the last call, and how long it waits at least.
        pub fn take(&self) -> Vec<(Duration, Job)> {
            lock(&self.jobs).drain(..).collect()
        }

        /// Whether anybody has a thread of their own.
        pub fn has_workers(&self) -> bool {
            !lock(&self.workers).is_empty()
        }

        /// Everybody with a thread of their own does what has come.
        pub fn let_work(&self) {
            // One may be seated meanwhile.
            let mut workers = std::mem::take(&mut *lock(&self.workers));
            workers.retain_mut(|worker| worker());
            let mut seated = lock(&self.workers);
            workers.append(&mut seated);
            *seated = workers;
        }
    }
}
