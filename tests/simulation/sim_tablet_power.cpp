// How a tablet comes on and goes off, and what it finds on its disk.
#include <fmt/format.h>

#include <utility>

#include "sync/store/locked_connection.h"
#include "sync/store/sealed_connection.h"
#include "sync/store/sql_values.h"
#include "sync/wire/codec.h"
#include "tests/simulation/fresh_images.h"
#include "tests/simulation/must.h"
#include "tests/simulation/mutants.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/sim_endpoint.h"
#include "tests/simulation/sim_tablet.h"
#include "tests/simulation/world.h"

namespace doorstep::simulation {

namespace {

constexpr std::int64_t minute_ms = 60'000;

// Nothing: the disk fails just now.
std::optional<std::uint64_t> held(SqlConnection& sql, const std::vector<Operation>& facts) {
    std::uint64_t found = 0;
    for (const auto& fact : facts)
        if (!sql.query("select 1 from operation where operation_id = :id", {{"id", sql_value(fact.id)}},
                       [&](const SqlRow&) {
                           ++found;
                           return false;
                       })
                 .ok())
            return std::nullopt;
    return found;
}

}  // namespace

SimTablet::SimTablet(World& world, int number, const ClockFault& clock)
    : world_(world), name_(fmt::format("tab-{:02}", number)), clock_(world.clock, clock), boot_(world.clock),
      random_(world.plan.seed * 104'729 + static_cast<std::uint64_t>(number)),
      officer_(number, world.neighbourhood, random_), disk_("simulated-" + name_, fresh_tablet()),
      inbox_(KeyPair::make()) {
    keys_.add(1, SecretBytes::random(RowKeys::key_size));
    if (!open_store(false))
        give_up(name_, Error{doorstep::Fault::broken, "A new store could not be opened.", ""});
    // Some have recorded before they were ever enrolled.
    for (auto n = random_.chance(0.2) ? random_.below(3) : 0; n > 0; --n)
        keep(next_press());
    if (!enrol())
        give_up(name_, Error{doorstep::Fault::broken, "The endpoint enrols nobody.", ""});
    just_made_ = true;
    start();
}

SimTablet::~SimTablet() {
    close();
}

bool SimTablet::enrol() {
    const auto made = world_.endpoint().enrol(name_);
    if (!made.ok())
        return false;
    enrolment_ = made->enrolment;
    if (++enrolments_ > 1)
        world_.model.enrolled_again.insert(name_);
    sign_as({made->enrolment, name_, "http://127.0.0.1:8080", made->seed, made->safeguarding_key,
             made->sealing_key, made->signing_key, made->recovery_key});
    must(store_->enrol(identity_), name_);
    // What it let go of travels under the enrolment before alone: it lies on its disk, and the centre that
    // lost it takes it from nobody else.
    if (enrolments_ > 1)
        must(sql_->query("select operation_id from operation where enrolment <> :own and shortened = 1",
                         {{"own", sql_value(enrolment_)}},
                         [&](const SqlRow& row) {
                             if (const auto fact = world_.model.facts.find(row.uuid(0));
                                 fact != world_.model.facts.end())
                                 fact->second.may_be_lost = true;
                             return true;
                         }),
             name_);
    // Facts that were not sent have a place under the new enrolment.
    must(sql_->query("select operation_id, tablet_seq from operation where enrolment = :own",
                     {{"own", sql_value(enrolment_)}},
                     [&](const SqlRow& row) {
                         if (const auto fact = world_.model.facts.find(row.uuid(0));
                             fact != world_.model.facts.end()) {
                             fact->second.enrolment = enrolment_;
                             fact->second.sequence = unsigned_column(row, 1);
                         }
                         return true;
                     }),
         name_);
    return true;
}

// The numbers begin anew: the endpoint tells the one that it expects, where it knows the tablet.
void SimTablet::sign_as(const TabletIdentity& identity) {
    identity_ = identity;
    signer_.emplace(must(RequestSigner::of(identity_, numbers_in_memory()), name_));
    if (world_.plan.faults.count(Fault::publish) != 0)
        parcels_.emplace(world_.folder() + "/" + name_, VerifyKey{identity_.signing_key});
}

// The endpoint holds another history of this tablet, and somebody was called.
void SimTablet::enrol_again() {
    operator_asked_ = false;
    if (!is_on() || state().what != SyncState::What::refused)
        return;
    if (!world_.endpoint().is_on() || (locked_ && (unlock(), !is_open())))
        return ask_operator();
    world_.trace(name_, "is enrolled again");
    disk_.no_cut_planned();
    effects_left_ = ~std::uint64_t{0};
    if (must_end()) {
        end(false);
        return ask_operator();
    }
    if (!calm_ && disk_.is_troubled())
        return ask_operator();
    disk_.heal();
    if (!enrol())
        return ask_operator();
    engine_.reset();
    ++life_;
    events_.clear();
    unanswered_.clear();
    if (open(false))
        check_own_log(world_, *this);
}

void SimTablet::close() {
    engine_.reset();
    store_.reset();
    copy_.reset();
    sql_.reset();
}

bool SimTablet::open_store(bool locked) {
    close();
    locked_ = locked;
    auto opened = locked ? open_locked(store_name, inbox_.public_key, disk_.options())
                         : doorstep::open_sealed(store_name, keys_, disk_.options());
    const auto failed = [&](const Error& error) {
        world_.trace(name_, "cannot open its store: " + error.what);
        if (!disk_.is_troubled())
            world_.broken(fmt::format("I1 no loss: {} cannot open its store: {}", name_, error.text()));
        close();
        return false;
    };
    if (!opened.ok())
        return failed(opened.error());
    sql_ = std::move(*opened);
    if (!locked)
        open_with(world_.plan.mutant, *sql_, "disk");
    auto made = Store::open(*sql_, locked ? StoreRole::locked_tablet : StoreRole::tablet, clock_, random_);
    if (!made.ok())
        return failed(made.error());
    store_.emplace(std::move(*made));
    if (locked)
        return true;
    auto copy = SecondCopy::open(store_name, disk_.options());
    if (!copy.ok())
        return failed(copy.error());
    copy_.emplace(std::move(*copy));
    const auto put_back = store_->keep_second_copy(*copy_);
    if (!put_back.ok())
        return failed(put_back.error());
    return true;
}

void SimTablet::note_sealed() {
    if (store_ && !locked_)
        for (const char* query : sealed_on_tablet)
            world_.erasures.note_sealed(name_, *sql_, query);
}

// As the app does: records of which a part is not taken in are closed again, and opened later.
bool SimTablet::fold_what_waits() {
    before_folding(world_.plan.mutant, *sql_);
    const auto opener = [&](std::string_view sealed) -> Result<SecretText> {
        auto opened = doorstep::open_sealed(inbox_, sealed);
        if (!opened)
            return Error{doorstep::Fault::damaged, "It is not sealed to this inbox.", ""};
        return std::move(*opened);
    };
    const auto folded = fold_waiting(*store_, opener);
    if (!folded.ok() && !disk_.is_troubled())
        world_.broken(fmt::format("I6 cursor: {} cannot fold what came while it was locked: {}", name_,
                                  folded.error().text()));
    return folded.ok() && !must_end();
}

// The program begins, on the disk as it is.
bool SimTablet::open(bool locked) {
    const bool stands_open = std::exchange(just_made_, false) && !locked;
    if (!stands_open && !open_store(locked))
        return false;
    // Not before: what an opening has seen stands.
    if (locked && !pending_.empty())
        check_unseen();
    if (!locked) {
        if (beside_)
            lose_rows_beside(world_.plan.mutant, *sql_, *std::exchange(beside_, std::nullopt));
        look_for_pending(*sql_);
        if (world_.plan.faults.count(Fault::erase) != 0)
            note_sealed();
        if (!fold_what_waits()) {
            world_.trace(name_, "cannot take in what came while it was locked");
            close();
            return false;
        }
    }
    const auto stands = store_->position();
    if (!stands.ok()) {
        if (!disk_.is_troubled())
            world_.broken(fmt::format("I1 no loss: {} does not know where it stands", name_));
        close();
        return false;
    }
    engine_.emplace(random_, AppAtWork{});
    if (!locked) {
        check_own_log(world_, *this);
        check_cursor(world_, *this);
    }
    Begin begins{*stands, enrolment_, clock_.now_ms()};
    if (parcels_)
        begins.parcels = parcels_->stand().list;
    feed(begins);
    return true;
}

void SimTablet::start() {
    if (is_on())
        return;
    disk_.power_on();
    boot_.start();
    if (calm_)
        disk_.heal();
    const bool locked = !calm_ && random_.chance(0.3);
    plan_end();
    if (open(locked) || is_on())
        return;
    // The store of a tablet that cannot be opened stays as it is; somebody tries again.
    if (!disk_.is_cut() && !disk_.is_full())
        disk_.heal();
    world_.after(minute_ms, [this, life = life_] {
        if (life == life_)
            start();
    });
}

// A locked tablet does not read its facts: the oracle does, on a copy of the disk.
void SimTablet::check_unseen() {
    const SimDisk copy("looked-at", disk_.image());
    auto sql = doorstep::open_sealed(store_name, keys_, copy.options());
    if (!sql.ok())
        return world_.broken(
            fmt::format("I1 no loss: the store of {} cannot be opened: {}", name_, sql.error().text()));
    look_for_pending(**sql);
}

void SimTablet::look_for_pending(SqlConnection& sql) {
    for (auto& one : std::exchange(pending_, {})) {
        const auto found = held(sql, one.facts);
        if (!found)
            pending_.push_back(std::move(one));
        else if (*found == one.facts.size())
            is_kept(one.facts, one.cursor);
        else if (*found > 0)
            world_.broken(fmt::format("I1 no loss: {} kept {} of {} facts of one press", name_, *found,
                                      one.facts.size()));
        else if (random_.chance(0.7))
            again_.push_back(std::move(one.facts));
    }
}

bool SimTablet::must_end() const {
    return disk_.is_cut() || (sql_ && sql_->has_failed());
}

// Hits every act of the disk and every effect of the engine, sooner or later.
void SimTablet::plan_end() {
    effects_left_ = ~std::uint64_t{0};
    if (!happens(Fault::tablet_crash, 0.5))
        return;
    if (random_.chance(0.6))
        disk_.cut_power_in(1 + random_.below(random_.chance(0.5) ? 40 : 300), random_);
    else
        effects_left_ = 1 + random_.below(30);
}

// The engine and all it knew is gone; the disk stays, or what the power cut left of it.
void SimTablet::end(bool power_cut) {
    world_.trace(name_, power_cut ? "loses its power" : "ends");
    ++life_;
    events_.clear();
    unanswered_.clear();
    if (power_cut)
        disk_.cut_power(random_);
    close();
    const auto off_ms =
        calm_ || random_.chance(0.5) ? 0 : static_cast<std::int64_t>(random_.below(30 * minute_ms));
    world_.after(off_ms, [this, life = life_] {
        if (life == life_)
            start();
    });
}

void SimTablet::crash() {
    if (is_on())
        end(disk_.is_cut() || random_.chance(0.7));
}

void SimTablet::lock() {
    if (!is_open())
        return;
    world_.trace(name_, "is locked");
    ++life_;
    events_.clear();
    unanswered_.clear();
    close();
    if (!open(true) && !is_on())
        end(false);
}

void SimTablet::unlock() {
    if (!is_on() || !locked_)
        return;
    world_.trace(name_, "is unlocked");
    ++life_;
    events_.clear();
    unanswered_.clear();
    close();
    if (!open(false) && !is_on())
        end(false);
}

void SimTablet::take_image() {
    if (!is_open() || must_end())
        return;
    world_.trace(name_, "is copied");
    image_ = Image{disk_.image(), enrolment_, identity_, {}};
    for (const auto& [id, fact] : world_.model.facts)
        if (fact.tablet == name_)
            image_->facts.insert(id);
}

// What was recorded since is on no disk of a tablet any more; the endpoint may have it.
void SimTablet::put_image_back() {
    if (!image_)
        return;
    world_.trace(name_, "goes back to an older copy of its disk");
    world_.model.set_back.insert(name_);
    ++life_;
    events_.clear();
    unanswered_.clear();
    close();
    disk_.put_back(image_->files);
    enrolment_ = image_->enrolment;
    sign_as(image_->identity);
    pending_.clear();
    again_.clear();
    beside_.reset();
    for (auto& [id, fact] : world_.model.facts)
        if (fact.tablet == name_ && image_->facts.count(id) == 0)
            fact.may_be_lost = fact.after_image = true;
    world_.model.seen_states.erase(name_);
    start();
}

void SimTablet::calm() {
    calm_ = true;
    disk_.no_cut_planned();
    disk_.heal();
    effects_left_ = ~std::uint64_t{0};
    if (is_on() && locked_)
        unlock();
    else if (is_on() && must_end())
        end(false);
    start();
}

void SimTablet::jump(std::int64_t by_ms) {
    world_.trace(name_, fmt::format("has its clock moved by {}", by_ms));
    clock_.jump(by_ms);
    clock_was_set_ = true;
}

void SimTablet::trouble_disk() {
    if (is_on())
        disk_.fail_soon(random_);
}

void SimTablet::set_full_disk(bool full) {
    world_.trace(name_, full ? "has a full disk" : "has room on its disk");
    if (full)
        disk_.fill_up(random_);
    else
        disk_.make_room();
}

void SimTablet::set_read_only(bool read_only) {
    disk_.set_read_only(read_only);
    if (is_on())
        end(false);
}

void SimTablet::be_idle() {
    if (!is_open())
        return;
    world_.trace(name_, "is idle");
    let_go();
    if (must_end())
        return end(disk_.is_cut());
    if (!is_open())
        return;
    if (!checkpoint(*sql_).ok() && !disk_.is_troubled())
        world_.broken(fmt::format("I13 liveness: {} cannot fold its log into the file", name_));
    if (must_end())
        end(disk_.is_cut());
}

}  // namespace doorstep::simulation
