// The disk of one machine, under its real SQLite (tests/support/faulty_disk.h), and the moments
// at which it misbehaves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "forms/base/random.h"
#include "sync/store/sqlite_connection.h"
#include "tests/support/faulty_disk.h"

namespace doorstep::simulation {

inline constexpr const char* store_name = "doorstep.sqlite";

class SimDisk {
public:
    SimDisk(std::string name, faults::Files files = {});

    SqliteOptions options() const { return {disk_->name()}; }
    // The power goes at that act of the disk from now on, or at once.  Every act fails from there on.
    void cut_power_in(std::uint64_t acts, Random& chance);
    void cut_power(Random& chance);
    bool is_cut() const { return disk_->survived().has_value(); }
    // What the cut left is what is there now.  REQUIRES: no connection is open.
    void power_on();
    void no_cut_planned() { disk_->keep_power(); }

    // One act of the next few fails.
    void fail_soon(Random& chance);
    void heal() { disk_->heal(); }
    // Hardly anything more fits.
    void fill_up(Random& chance);
    void make_room();
    bool is_full() const { return disk_->capacity != ~std::uint64_t{0}; }
    void set_read_only(bool read_only) { disk_->read_only = read_only; }
    // May an act fail now for what was planned here?  Then an error is nobody's fault.
    bool is_troubled() const { return is_full() || disk_->read_only || disk_->has_failed() || is_cut(); }
    std::uint64_t used() const { return disk_->used(); }

    faults::Files image() const { return disk_->now(); }
    // REQUIRES: no connection is open.
    void put_back(faults::Files files);

private:
    std::string name_;
    std::unique_ptr<faults::FaultyDisk> disk_;
};

}  // namespace doorstep::simulation
