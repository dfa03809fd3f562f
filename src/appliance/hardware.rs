//! How the machine is: its power, its heat, and the card or disk that the home lies on, as the kernel tells it in `/sys`.
//!
//! Nothing here asks the machine to do anything, and what is not there is not wrong: a laptop has no [`Trouble::UnderVoltage`].
//!
//! # Sources
//! - [`POWER`] and [`READS`]: what the box's guard has found in the kernel's log since power-on, which the home may not read. That a power
//!   supply is too weak shows for a moment only, when a disk starts up: the kernel asks the firmware every two seconds and says it once.
//! - `in0_lcrit_alarm` of the kernel's own `rpi_volt` (`drivers/hwmon/raspberrypi-hwmon.c`): whether it is so now. Where that driver is not,
//!   `/sys/devices/platform/soc/soc:firmware/get_throttled` (bit 0 too little voltage now, bit 16 since it was last asked).
//! - `/sys/class/thermal/thermal_zone*/{type,temp}`: the processor of a Pi is the zone `cpu-thermal`, in thousandths of a degree.
//! - `/sys/dev/block/MAJOR:MINOR`: what the home's folder lies on. `errors_count` of its ext4
//!   (Documentation/ABI/testing/sysfs-fs-ext4), `life_time` and `pre_eol_info` of its card (JEDEC eMMC 5.0;
//!   Documentation/driver-api/mmc/mmc-dev-attrs.rst).

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A Pi slows down at 80 degrees Celsius, and the card beside it ages.
const HOT: i64 = 80;
/// `pre_eol_info`: 2 when 80 % of the reserved blocks are used, 3 when 90 %.
const NEAR_THE_END: u64 = 2;
/// `life_time`: 9 is 80 to 90 % of what the card was made for.
const OLD: u64 = 9;

/// What is wrong with the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The power supply is too weak.
    UnderVoltage,
    /// Too hot, in degrees Celsius.
    Overheating(i64),
    /// The card is near the end of its life; at least so many percent of it are used.
    CardWorn(u64),
    /// The file system has met errors, so many since it was last repaired.
    CardErrors(u64),
    /// The kernel could not read or write the card or disk in one place at least.
    CardUnreadable,
    /// The box's packet filter could not be set up; `true` where a plainer one stands in for it.
    Doors(bool),
}

/// Where the box's guard leaves a word once the kernel has said that there was too little voltage (overlay/usr/lib/toxmail/guard).
pub const POWER: &str = "/run/toxmail-power";
/// Where it leaves one once the kernel could not read or write the card, or the disk with the home.
pub const READS: &str = "/run/toxmail-reads";

/// What the guard has found; `power` and `reads` are [`POWER`] and [`READS`].
pub fn kernel_said(power: &Path, reads: &Path) -> Vec<Trouble> {
    let power = power.exists().then_some(Trouble::UnderVoltage);
    let reads = reads.exists().then_some(Trouble::CardUnreadable);
    power.into_iter().chain(reads).collect()
}

/// Where a box's start leaves a word about its packet filter, if it is not as it should be (overlay/usr/lib/toxmail/filter).
pub const DOORS: &str = "/run/toxmail-doors";

/// Whether something is wrong with the packet filter of this box. `state` is [`DOORS`].
pub fn doors(state: &Path) -> Option<Trouble> {
    read(state).map(|word| Trouble::Doors(word == "plain"))
}

/// Looks at the machine under `folder`. `sys` is `/sys`.
pub fn look(sys: &Path, folder: &Path) -> Vec<Trouble> {
    let mut found = Vec::new();
    if has_little_voltage(sys) {
        found.push(Trouble::UnderVoltage);
    }
    if let Some(degrees) = processor(sys).filter(|degrees| *degrees >= HOT) {
        found.push(Trouble::Overheating(degrees));
    }
    if let Ok(meta) = fs::metadata(folder) {
        let (major, minor) = (rustix::fs::major(meta.dev()), rustix::fs::minor(meta.dev()));
        let device = sys.join(format!("dev/block/{major}:{minor}"));
        if let Ok(device) = fs::canonicalize(device) {
            found.extend(worn(&device).map(Trouble::CardWorn));
            found.extend(errors(sys, &device).map(Trouble::CardErrors));
        }
    }
    found
}

fn has_little_voltage(sys: &Path) -> bool {
    let mut monitors = children(&sys.join("class/hwmon"));
    let driver =
        monitors.find(|monitor| read(&monitor.join("name")).is_some_and(|name| name == "rpi_volt"));
    if let Some(driver) = driver {
        return read(&driver.join("in0_lcrit_alarm")).is_some_and(|alarm| alarm == "1");
    }
    // The kernel complains of each boot's first look at this one.
    let throttled = sys.join("devices/platform/soc/soc:firmware/get_throttled");
    let bits = read(&throttled).and_then(|text| number(&text, 16));
    bits.is_some_and(|bits| bits & (1 | 1 << 16) != 0)
}

/// The processor's heat in degrees Celsius.
fn processor(sys: &Path) -> Option<i64> {
    children(&sys.join("class/thermal"))
        .filter(|zone| read(&zone.join("type")).is_some_and(|kind| kind == "cpu-thermal"))
        .filter_map(|zone| Some(read(&zone.join("temp"))?.parse::<i64>().ok()? / 1000))
        .max()
}

/// How much of a card's life is over, in percent, where it is most of it.
fn worn(device: &Path) -> Option<u64> {
    // A partition stands in the folder of its disk.
    let disk = match device.join("partition").exists() {
        true => device.parent()?,
        false => device,
    };
    let told = |name: &str| read(&disk.join("device").join(name));
    let ages = told("life_time").unwrap_or_default();
    let age = ages
        .split_whitespace()
        .filter_map(|age| number(age, 16))
        .max();
    let age = age
        .filter(|age| *age >= OLD)
        .map(|age| (age - 1).min(10) * 10);
    let spare = told("pre_eol_info").and_then(|text| number(&text, 16));
    let spare = spare
        .filter(|spare| *spare >= NEAR_THE_END)
        .map(|spare| if spare == NEAR_THE_END { 80 } else { 90 });
    age.max(spare)
}

fn errors(sys: &Path, device: &Path) -> Option<u64> {
    let count = sys
        .join("fs/ext4")
        .join(device.file_name()?)
        .join("errors_count");
    number(&read(&count)?, 10).filter(|count| *count > 0)
}

fn number(text: &str, radix: u32) -> Option<u64> {
    u64::from_str_radix(text.trim_start_matches("0x"), radix).ok()
}

fn read(path: &Path) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A machine that is not there.
    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn says(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        /// The home lies on this device.
        fn lies_on(&self, device: &str) {
            let dev = fs::metadata(self.0.path()).unwrap().dev();
            let name = format!("{}:{}", rustix::fs::major(dev), rustix::fs::minor(dev));
            let links = self.0.path().join("dev/block");
            fs::create_dir_all(&links).unwrap();
            fs::create_dir_all(self.0.path().join(device)).unwrap();
            symlink(self.0.path().join(device), links.join(name)).unwrap();
        }

        fn found(&self) -> Vec<Trouble> {
            look(self.0.path(), self.0.path())
        }
    }

    #[test]
    fn a_machine_that_tells_nothing_is_well() {
        assert_eq!(Machine::new().found(), []);
        look(Path::new("/sys"), Path::new("/"));
    }

    #[test]
    fn what_the_guard_has_found_in_the_kernels_log_is_told() {
        let run = tempfile::tempdir().unwrap();
        let (power, reads) = (run.path().join("power"), run.path().join("reads"));
        assert_eq!(kernel_said(&power, &reads), []);
        fs::write(&reads, "").unwrap();
        assert_eq!(kernel_said(&power, &reads), [Trouble::CardUnreadable]);
        fs::write(&power, "Undervoltage detected!\n").unwrap();
        let both = [Trouble::UnderVoltage, Trouble::CardUnreadable];
        assert_eq!(kernel_said(&power, &reads), both);
    }

    #[test]
    fn weak_power_is_seen_while_it_is_so() {
        for (bits, weak) in [
            ("0", false),
            ("50005", true),
            ("0x50000", true),
            ("80008", false),
            ("1", true),
        ] {
            let machine = Machine::new();
            machine.says(
                "devices/platform/soc/soc:firmware/get_throttled",
                &format!("{bits}\n"),
            );
            assert_eq!(machine.found() == [Trouble::UnderVoltage], weak, "{bits}");
        }
        let machine = Machine::new();
        machine.says("class/hwmon/hwmon0/name", "cpu_thermal\n");
        machine.says("class/hwmon/hwmon1/name", "rpi_volt\n");
        machine.says("class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
        assert_eq!(machine.found(), []);
        machine.says("class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
        assert_eq!(machine.found(), [Trouble::UnderVoltage]);
        // What the kernel's driver has asked last it has asked for everybody.
        machine.says("class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
        machine.says("devices/platform/soc/soc:firmware/get_throttled", "50005\n");
        assert_eq!(machine.found(), []);
    }

    #[test]
    fn only_the_processor_of_a_box_is_too_hot() {
        let machine = Machine::new();
        machine.says("class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
        machine.says("class/thermal/thermal_zone0/temp", "99000\n");
        machine.says("class/thermal/thermal_zone1/type", "cpu-thermal\n");
        machine.says("class/thermal/thermal_zone1/temp", "79999\n");
        assert_eq!(machine.found(), []);
        machine.says("class/thermal/thermal_zone1/temp", "83200\n");
        assert_eq!(machine.found(), [Trouble::Overheating(83)]);
    }

    #[test]
    fn a_card_tells_how_old_it_is_for_all_of_its_partitions() {
        for (age, spare, found) in [
            ("0x01 0x02", "0x01", None),
            ("0x09 0x02", "0x01", Some(80)),
            ("0x01 0x0b", "0x01", Some(100)),
            ("0x01 0x01", "0x02", Some(80)),
            ("0x09 0x01", "0x03", Some(90)),
            ("", "", None),
        ] {
            let machine = Machine::new();
            machine.lies_on("block/mmcblk0/mmcblk0p4");
            machine.says("block/mmcblk0/mmcblk0p4/partition", "4\n");
            machine.says("block/mmcblk0/device/life_time", age);
            machine.says("block/mmcblk0/device/pre_eol_info", spare);
            let expected: Vec<_> = found.map(Trouble::CardWorn).into_iter().collect();
            assert_eq!(machine.found(), expected, "{age} {spare}");
        }
    }

    #[test]
    fn a_box_without_its_packet_filter_is_in_trouble_and_any_other_machine_is_not() {
        let machine = Machine::new();
        let state = machine.0.path().join("toxmail-doors");
        assert_eq!(doors(&state), None);
        // The words of the script.
        let script = include_str!("../../overlay/usr/lib/toxmail/filter");
        assert!(script.contains(&format!("state={DOORS}\n")));
        for (word, plain) in [("plain", true), ("none", false)] {
            assert!(script.contains(&format!("echo {word} >\"$state\"")));
            machine.says("toxmail-doors", &format!("{word}\n"));
            assert_eq!(doors(&state), Some(Trouble::Doors(plain)));
        }
    }

    #[test]
    fn errors_count_where_the_home_lies() {
        let machine = Machine::new();
        machine.lies_on("block/mmcblk0/mmcblk0p4");
        machine.says("block/mmcblk0/mmcblk0p4/partition", "4\n");
        machine.says("fs/ext4/mmcblk0p2/errors_count", "7\n");
        machine.says("fs/ext4/mmcblk0p4/errors_count", "0\n");
        assert_eq!(machine.found(), []);
        machine.says("fs/ext4/mmcblk0p4/errors_count", "3\n");
        assert_eq!(machine.found(), [Trouble::CardErrors(3)]);
    }
}
