#include "client/app/entrance.h"

#include <unistd.h>

#include <algorithm>
#include <limits>

#include "client/app/day_words.h"
#include "sync/store/identity_file.h"
#include "sync/vault/pin_shift.h"

namespace doorstep {

// While something slow runs the screen says so.
struct Entrance::Typing {
    explicit Typing(Entrance& entrance) : entrance_(entrance) {
        entrance_.trouble_.clear();
        entrance_.working_ = true;
        if (entrance_.working_now_)
            entrance_.working_now_();
    }
    ~Typing() { entrance_.working_ = false; }
    Typing(const Typing&) = delete;
    Typing& operator=(const Typing&) = delete;

private:
    Entrance& entrance_;
};

Entrance::Entrance(EntranceOptions options, const Clock& clock, const BootTime& boot, const Wording& words,
                   std::function<void()> working)
    : options_(std::move(options)), clock_(clock), boot_(boot), words_(words),
      working_now_(std::move(working)), shift_(options_.shift) {}

Entrance::~Entrance() = default;

Result<void> Entrance::arrive() {
    vault_.reset();
    identity_.reset();
    stands_ = Stands::outside;
    chosen_ = {};
    trouble_.clear();
    auto device = DeviceSecret::load(options_.places.device_secret);
    TRY_DO(check_vault_is_there(options_.places));
    const bool has_vault = ::access(options_.places.vault.file.c_str(), F_OK) == 0;
    if (!device.ok() && device.error().fault == Fault::not_found && !has_vault)
        return {};  // never enrolled
    if (!device.ok())
        return device.error();
    auto identity = read_identity(options_.places.identity, *device);
    if (identity.ok())
        identity_ = std::move(identity).value();
    else if (identity.error().fault != Fault::not_found)
        return identity.error();
    if (identity_)
        joining_.reset();
    else if (!joining_ && !has_vault && enrolment_waits(options_.places))
        join({}, {});
    return has_vault ? open_vault() : Result<void>{};
}

Result<void> Entrance::open_vault() {
    TRY(auto device, DeviceSecret::load(options_.places.device_secret));
    VaultSurroundings around{clock_, boot_};
    if (options_.cost)
        around.floor = *options_.cost;
    TRY(vault_, Vault::open(options_.places.vault, std::move(device), around));
    if (vault_->tries_were_damaged())
        trouble_ = words_.say("The count of wrong passphrases on this tablet was lost: each sign-in has one "
                              "try left. A team lead can give new passphrases.");
    if (!pin_helps())
        forget_shift();
    if (shift_ >= 0) {
        if (const auto shift = shift_at(shift_); shift.ok())
            chosen_ = shift->slot;
    } else if (const auto people = vault_->sign_ins(); people.ok() && people->size() == 1) {
        chosen_ = people->front().slot;
    }
    return {};
}

bool Entrance::pin_helps() const {
    return shift_ >= 0 && vault_ && vault_->pin_helps(shift_);
}

void Entrance::forget_shift() {
    if (shift_ >= 0)
        ::close(shift_);
    shift_ = -1;
    rather_passphrase_ = false;
}

void Entrance::lock() {
    if (vault_)
        vault_->lock();
    stands_ = Stands::outside;
}

PasswordCost Entrance::cost() {
    return options_.cost ? *options_.cost : calibrate(measured_by(boot_));
}

void Entrance::say(const Result<void>& outcome, std::string done) {
    trouble_ = outcome.ok() ? std::move(done) : outcome.error().text();
}

std::optional<std::int64_t> Entrance::wake_in_ms() const {
    if (stands_ != Stands::outside || !vault_ || chosen_.is_nil())
        return std::nullopt;
    const auto people = vault_->sign_ins();
    if (!people.ok())
        return std::nullopt;
    for (const SignIn& one : *people)
        if (one.slot == chosen_ && one.wait_ms > 0)
            return one.wait_ms;
    return std::nullopt;
}

// --- joining by a code ------------------------------------------------------------

void Entrance::join(const std::string& endpoint, const std::string& code) {
    CodeGiven given;
    given.enrolment.places = options_.places;
    given.enrolment.endpoint = endpoint;
    given.code = code;
    joining_.emplace(std::move(given), clock_, options_.news);
}

void Entrance::act(const intent::JoinByCode& said) {
    if (vault_ || identity_ || joining_)
        return;
    trouble_.clear();
    const bool whole = said.endpoint.find("://") != std::string::npos;
    join(whole ? said.endpoint : "https://" + said.endpoint, said.code);
}

void Entrance::act(const intent::CentreWords& said) {
    if (joining_)
        joining_->centre_says(said.same);
}

void Entrance::act(const intent::StopJoining&) {
    if (!joining_)
        return;
    // Let in a moment ago: it is too late to stop.
    if (look_at_joining())
        return say(arrive());
    joining_.reset();
    forget_waiting(options_.places);
}

bool Entrance::look_at_joining() {
    if (!joining_)
        return false;
    const auto now = joining_->stands();
    if (!now.ended)
        return false;
    trouble_ = now.trouble;
    joining_.reset();
    return *now.ended;
}

// --- outside ---------------------------------------------------------------------

void Entrance::act(const intent::SetUp& said) {
    if (vault_ || !identity_ || !said.passphrase)
        return;
    const Typing typing(*this);
    const auto made = [&]() -> Result<void> {
        TRY_DO(check_passphrase(said.passphrase->view()));
        TRY(auto device, DeviceSecret::load(options_.places.device_secret));
        VaultSurroundings around{clock_, boot_};
        if (options_.cost)
            around.floor = *options_.cost;
        const NewVault wanted{said.label, said.passphrase->view(), cost(), PublicKey{identity_->recovery_key},
                              VerifyKey{identity_->signing_key}};
        TRY(vault_, Vault::create(options_.places.vault, std::move(device), around, wanted));
        return {};
    }();
    if (made.ok())
        stands_ = Stands::choosing_pin;
    else
        say(made);
}

void Entrance::act(const intent::ChoosePerson& said) {
    trouble_.clear();
    // Of the same person again: the PIN is not at hand.
    rather_passphrase_ = !said.slot.is_nil();
    chosen_ = said.slot;
}

void Entrance::act(const intent::SignIn& said) {
    if (stands_ != Stands::outside || !vault_ || !said.passphrase)
        return;
    const Typing typing(*this);
    if (const auto opened = vault_->unlock(said.slot, said.passphrase->view()); !opened.ok())
        return say(opened);
    // Whoever else's shift it was, it is over.
    forget_shift();
    // Enrolled anew since: one that the disk does not take now is taken the next time.
    if (vault_->acts_as_lead() && identity_ && !identity_->signing_key.empty())
        static_cast<void>(vault_->follow_endpoint(VerifyKey{identity_->signing_key}).ok());
    if (vault_->licence().valid)
        stands_ = Stands::choosing_pin;
    else
        stands_ = Stands::licence_ended;
}

void Entrance::act(const intent::UnlockByPin& said) {
    if (stands_ != Stands::outside || !vault_ || shift_ < 0 || !said.pin)
        return;
    const Typing typing(*this);
    const auto opened = vault_->unlock_by_pin(shift_, said.pin->view());
    say(opened);
    if (opened.ok())
        stands_ = Stands::inside;
    else if (!pin_helps())
        forget_shift();
}

// --- after the passphrase ----------------------------------------------------------

void Entrance::act(const intent::ChoosePin& said) {
    if (!vault_ || !vault_->is_open() || !said.pin)
        return;
    const Typing typing(*this);
    const auto kept = vault_->seal_shift(said.pin->view());
    if (!kept.ok()) {
        trouble_ = kept.error().text();
        return;
    }
    forget_shift();
    shift_ = *kept;
    stands_ = Stands::inside;
}

void Entrance::act(const intent::WithoutPin&) {
    if (stands_ != Stands::choosing_pin)
        return;
    trouble_.clear();
    forget_shift();
    stands_ = Stands::inside;
}

void Entrance::act(const intent::RenewLicence&) {
    if (!vault_ || !vault_->is_open())
        return;
    const auto renewed = vault_->renew_licence();
    say(renewed);
    if (renewed.ok() && stands_ == Stands::licence_ended)
        stands_ = Stands::choosing_pin;
}

// --- inside --------------------------------------------------------------------------

void Entrance::act(const intent::AddOfficer& said) {
    if (stands_ != Stands::inside || !said.passphrase)
        return;
    const Typing typing(*this);
    const auto added = vault_->add_slot(said.label, said.lead ? SlotRole::lead : SlotRole::officer,
                                        said.passphrase->view(), cost());
    if (!added.ok())
        trouble_ = added.error().text();
}

void Entrance::act(const intent::NewPassphrase& said) {
    if (stands_ != Stands::inside || !said.passphrase)
        return;
    const Typing typing(*this);
    const auto people = vault_->sign_ins();
    const bool own = people.ok() && std::any_of(people->begin(), people->end(), [&](const SignIn& one) {
                         return one.slot == said.slot && one.label == vault_->label();
                     });
    say(own ? vault_->change_passphrase(said.passphrase->view(), cost())
            : vault_->reissue_slot(said.slot, said.passphrase->view(), cost()));
}

void Entrance::act(const intent::RemoveOfficer& said) {
    if (stands_ != Stands::inside)
        return;
    const Typing typing(*this);
    const auto removed = vault_->remove_slot(said.slot);
    if (!removed.ok()) {
        trouble_ = removed.error().text();
        return;
    }
    // The keys behind the PIN are not the newest any more.
    if (shift_ >= 0)
        stands_ = Stands::choosing_pin;
}

// --- what is seen -----------------------------------------------------------------------

namespace {

std::vector<SignInPerson> people_of(const Vault& vault, const Wording& words) {
    std::vector<SignInPerson> people;
    const auto known = vault.sign_ins();
    if (!known.ok())
        return people;
    for (const SignIn& one : *known) {
        SignInPerson person{one.slot, one.label, one.role == SlotRole::lead, one.closed, {}};
        if (one.closed)
            person.note = words.say("Closed after too many wrong passphrases. A team lead gives a new one.");
        people.push_back(std::move(person));
    }
    return people;
}

}  // namespace

SetUpView Entrance::set_up_view() const {
    SetUpView view;
    view.enrolled = identity_.has_value();
    view.words =
        view.enrolled
            ? words_.say("This tablet is enrolled. Its first team lead chooses a passphrase here; the "
                         "other officers are added afterwards.")
            : words_.say("This tablet does not belong to a partnership yet. Whoever looks after Doorstep "
                         "at the centre has an address and a code for it.");
    view.trouble = trouble_;
    if (joining_) {
        auto now = joining_->stands();
        // One that has ended is looked at in a moment.
        view.joining = now.ended ? JoiningStep::asking : now.step;
        view.check_words = std::move(now.check_words);
        view.trouble = std::move(now.trouble);
    }
    view.working = working_;
    return view;
}

SignInView Entrance::sign_in_view() const {
    SignInView view;
    view.people = people_of(*vault_, words_);
    view.chosen = chosen_;
    view.by_pin = shift_ >= 0 && !rather_passphrase_;
    view.checking = working_;
    view.trouble = trouble_;
    if (identity_)
        view.tablet = identity_->tablet;
    for (const SignInPerson& person : view.people)
        if (person.slot == chosen_ && person.closed)
            view.can_try = false;
    if (!view.by_pin && wake_in_ms())
        view.can_try = false;
    return view;
}

OfficersView Entrance::officers() const {
    OfficersView view;
    view.people = people_of(*vault_, words_);
    view.may_change = vault_->is_open() && vault_->role() == SlotRole::lead && vault_->acts_as_lead();
    if (!view.may_change)
        view.why_not =
            vault_->is_open() && vault_->role() == SlotRole::lead
                ? words_.say("To change something here, lock the tablet and sign in with your passphrase.")
                : words_.say("A team lead can add officers and renew the licence here.");
    for (const SignInPerson& person : view.people)
        if (vault_->is_open() && person.name == vault_->label())
            view.own = person.slot;
    const Licence licence = vault_->is_open() ? vault_->licence() : Licence{};
    view.licence_ended = !licence.valid;
    view.licence =
        view.licence_ended
            ? (licence.not_yet
                   ? words_.say("This tablet's clock stands before the day on which it was last given leave "
                                "to work: it is closed to officers. Set the date and time, or renew it.")
                   : words_.say(
                         "This tablet has not been to the centre for 35 days and is closed to officers."))
            : with_parts(words_.say("Officers may sign in on this tablet until %1."),
                         {day_in_full(day_at(clock_, licence.until_ms), words_)});
    view.trouble = trouble_;
    view.working = working_;
    return view;
}

Entrance::Screen Entrance::screen() const {
    if (stands_ == Stands::licence_ended)
        return officers();
    if (stands_ == Stands::choosing_pin)
        return ChoosePinView{trouble_, working_};
    if (!vault_)
        return set_up_view();
    return sign_in_view();
}

}  // namespace doorstep
