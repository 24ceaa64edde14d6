#include "tests/simulation/sim_disk.h"

#include <utility>

namespace doorstep::simulation {

using faults::DiskAct;
using faults::FaultyDisk;

SimDisk::SimDisk(std::string name, faults::Files files)
    : name_(std::move(name)), disk_(std::make_unique<FaultyDisk>(name_, std::move(files))) {}

void SimDisk::cut_power_in(std::uint64_t acts, Random& chance) {
    disk_->cut_power_at(acts, chance.next());
}

void SimDisk::cut_power(Random& chance) {
    if (!is_cut())
        disk_->cut_power_now(chance.next());
}

void SimDisk::power_on() {
    if (!is_cut())
        return;
    put_back(*disk_->survived());
}

void SimDisk::put_back(faults::Files files) {
    const bool read_only = disk_->read_only;
    disk_.reset();  // two of one name cannot be
    disk_ = std::make_unique<FaultyDisk>(name_, std::move(files));
    disk_->read_only = read_only;
}

void SimDisk::fail_soon(Random& chance) {
    struct Kind {
        DiskAct act;
        int code;
    };
    constexpr Kind kinds[] = {{DiskAct::sync, SQLITE_IOERR_FSYNC},
                              {DiskAct::sync, SQLITE_IOERR_FSYNC},
                              {DiskAct::write, SQLITE_IOERR_WRITE},
                              {DiskAct::read, SQLITE_IOERR_READ}};
    const auto& kind = kinds[chance.below(std::size(kinds))];
    disk_->failed_sync_forgets = chance.chance(0.3);
    disk_->fail({kind.act, kind.code, 1 + chance.below(kind.act == DiskAct::sync ? 3 : 30), 1});
}

void SimDisk::fill_up(Random& chance) {
    disk_->capacity = used() + chance.below(24) * 4096;
}

void SimDisk::make_room() {
    disk_->capacity = ~std::uint64_t{0};
}

}  // namespace doorstep::simulation
