//! Runs a target on the files of folders: `replay TARGET FOLDER…`. Prints the file when one panics.

use std::path::PathBuf;
use std::sync::Mutex;

static CURRENT: Mutex<Option<PathBuf>> = Mutex::new(None);

fn main() {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let Some(target) = tollgate_fuzz::target(&name) else {
        eprintln!("no such target: {name:?}");
        std::process::exit(2);
    };
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        told(panic);
        eprintln!("the input: {:?}", CURRENT.lock());
    }));
    let mut count = 0;
    for folder in words {
        let Ok(files) = std::fs::read_dir(&folder) else { continue };
        for path in files.filter_map(|file| Some(file.ok()?.path())) {
            let Ok(bytes) = std::fs::read(&path) else { continue };
            *CURRENT.lock().unwrap() = Some(path);
            target(&bytes);
            count += 1;
        }
    }
    println!("{name}: {count} inputs");
}
