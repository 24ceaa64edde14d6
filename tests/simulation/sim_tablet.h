// A tablet: the real sealed store on a disk of its own, locked or open, the real engine, and the
// steps between them, any of which may be the last before the power goes.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/store/second_copy.h"
#include "sync/store/store.h"
#include "sync/tablet/engine.h"
#include "sync/tablet/request_signer.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/sealed_row.h"
#include "sync/vault/told_time.h"
#include "tests/simulation/facts.h"
#include "tests/simulation/network.h"
#include "tests/simulation/sim_disk.h"
#include "tests/simulation/skewed_clock.h"

namespace doorstep::simulation {

class World;

// The machine's own count, which no clock fault touches; every start of the tablet is one of the machine.
class SimBoot final : public BootTime {
public:
    explicit SimBoot(const Clock& clock) : clock_(clock), since_ms_(clock.now_ms()) {}
    Uuid boot() const override;
    std::int64_t since_boot_ms() const override;
    void start() {
        ++starts_;
        since_ms_ = clock_.now_ms();
    }

private:
    const Clock& clock_;
    std::int64_t since_ms_;
    int starts_ = 0;
};

class SimTablet {
public:
    SimTablet(World& world, int number, const ClockFault& clock);
    ~SimTablet();

    void work();      // the officer presses a button
    void sync_now();  // the officer asks for a sync
    void crash();     // the power goes, or the program ends
    void lock();
    void unlock();
    void be_idle();  // the log is folded into the file
    void let_go();   // of what was kept long enough
    void jump(std::int64_t by_ms);
    bool had_its_clock_set() const { return clock_was_set_; }
    void trouble_disk();
    void set_full_disk(bool full);
    void set_read_only(bool read_only);
    void take_image();
    void put_image_back();
    void note_sealed();  // erasures.h
    void calm();         // no more mishaps of its own; on and open, if it was not

    const std::string& name() const { return name_; }
    const Uuid& enrolment() const { return enrolment_; }
    bool is_on() const { return engine_.has_value(); }
    bool is_open() const { return is_on() && !locked_; }
    bool was_enrolled_again() const { return enrolments_ > 1; }
    Store& store() { return *store_; }      // REQUIRES: is_on()
    SqlConnection& sql() { return *sql_; }  // REQUIRES: is_on()
    const SyncState& state() const { return engine_->state(); }
    faults::Files image() const { return disk_.image(); }
    const ParcelFolder* parcels() const { return parcels_ ? &*parcels_ : nullptr; }

private:
    // --- sim_tablet_power.cpp
    void start();
    bool open(bool locked);
    bool open_store(bool locked);
    void close();
    void end(bool power_cut);
    void plan_end();
    // What a commit left that did not say whether it was done.
    void look_for_pending(SqlConnection& sql);
    void check_unseen();
    bool enrol();
    void sign_as(const TabletIdentity& identity);
    void enrol_again();
    bool fold_what_waits();
    // The disk failed, or is no more: the program has to begin anew.
    bool must_end() const;

    // --- sim_tablet_retention.cpp
    void hear_time();
    void note_acknowledged(const wire::PushReply& reply);
    void begin_anew();

    // --- sim_tablet.cpp
    std::vector<Operation> next_press();  // by its officer, who sees what this tablet shows
    void keep(std::vector<Operation> facts);
    void is_kept(const std::vector<Operation>& kept, std::uint64_t cursor);
    void learn_from(const std::vector<Operation>& kept);
    void feed(Event event);
    bool step(const Event& event);
    void carry(const Effect& effect);
    std::optional<Event> keep(const Effect& effect);
    void send(const SendRequest& request);
    void come_home(const SendRequest& request, Result<HttpReply> answer);
    void hear(const SendRequest& request, Result<HttpReply> reply, const HttpReply* whole);
    void ask_operator();
    bool happens(Fault fault, double probability);

    World& world_;
    std::string name_;
    SkewedClock clock_;
    SimBoot boot_;
    ToldTime told_;  // kept beside the store, under the device secret
    SeededRandom random_;
    Officer officer_;
    SimDisk disk_;
    RowKeys keys_;
    KeyPair inbox_;
    std::unique_ptr<SqlConnection> sql_;
    std::optional<Store> store_;
    std::optional<SecondCopy> copy_;
    std::optional<ParcelFolder> parcels_;  // in a run where something is published
    std::optional<SyncEngine> engine_;     // none while the tablet is off
    bool locked_ = false;
    bool just_made_ = false;  // and its store is still open
    std::deque<Event> events_;
    std::set<std::uint64_t> unanswered_;  // attempts
    bool feeding_ = false;
    bool calm_ = false;
    bool clock_was_set_ = false;
    bool operator_asked_ = false;
    std::uint64_t life_ = 0;                          // counts ends; what belongs to an earlier life is gone
    std::uint64_t effects_left_ = ~std::uint64_t{0};  // until the power goes
    Uuid enrolment_;
    TabletIdentity identity_;              // its seed too
    std::optional<RequestSigner> signer_;  // its numbers outlive a crash
    int enrolments_ = 0;
    struct Pending {
        std::vector<Operation> facts;
        std::uint64_t cursor = 0;
    };
    std::vector<Pending> pending_;               // nobody knows whether they are kept
    std::vector<std::vector<Operation>> again_;  // they are not: to do once more, under the same ids
    std::optional<std::set<Uuid>> beside_;       // for a mutant, what was there before a commit
    struct Image {
        faults::Files files;
        Uuid enrolment;
        TabletIdentity identity;
        std::set<Uuid> facts;
    };
    std::optional<Image> image_;
};

}  // namespace doorstep::simulation
