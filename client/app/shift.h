// The officer's shift on this tablet: everything that may wait.  Owns the way in, the
// store, casework, the questionnaire in hand and the sync engine; acts on intents and
// publishes views.  The one place that acts.
//
// Belongs to the writer thread (or to a test that calls it directly).  An answer is
// published twice: settled, when the rules have run and the disk has not ("Saving"),
// and saved.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/app/sticks.h"
#include "client/app/tablet_places.h"
#include "client/casework/casework.h"
#include "client/platform/surroundings.h"
#include "client/view/intent.h"
#include "client/view/view.h"
#include "client/wording/wording.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "sync/http/proxy.h"
#include "sync/tablet/engine.h"

namespace doorstep {

struct ShiftOptions {
    std::string folder;          // the data of this tablet
    std::string questionnaires;  // empty: the shipped ones
    OnDuty on_duty;              // the officer left empty: whoever signed in
    std::string officer_name;    // "Sam", for the greeting
    std::string device_secret;   // its file; empty: beside the folder
    int shift = -1;              // handed on by the process before (Vault::seal_shift)
    // So too: answers that the disk refused (handed_on.h).
    int unsaved = -1;
    // Who holds the row keys already (tests, tools) needs nobody to sign in; nothing can be
    // locked then.
    std::shared_ptr<const RowKeys> keys = nullptr;
    TabletOptions tablet = {};
    std::optional<PasswordCost> cost = std::nullopt;  // of a guess; tests
    // Where sticks are looked for.
    std::vector<std::string> stick_roots = usual_stick_roots();
    const BootTime* boot = nullptr;  // nothing: the machine's own
    // More of the records has been read while they are being opened, or a tablet that joins has heard
    // from its centre: woken() is to be called.  Called on another thread.  Empty: whoever opens them waits
    // until they are whole.
    std::function<void()> news = {};
    // Opening takes longer than that: what was read can be searched meanwhile.
    std::int64_t find_page_after_ms = 250;
};

class Shift {
public:
    using Publish = std::function<void(std::shared_ptr<const View>)>;
    // All must outlive it.  `publish` is called on the thread that calls the shift.
    Shift(ShiftOptions options, const Clock& clock, Random& random, const Wordings& wordings,
          Publish publish);
    ~Shift();

    void open();  // store and forms; what fails becomes a TroubleView
    void act(const Intent& intent);
    // The disk is idle: checkpoints.
    void rest();

    // The line to the endpoint: what is to be sent now, what came back, when to wake.
    std::vector<SendRequest> take_requests();
    void replied(const Replied& reply);
    std::optional<std::int64_t> wake_at_ms() const;  // of the clock
    void woken();
    // Somebody signed in, and the records are not whole yet.
    bool is_opening() const;
    // Where and with which seed; nothing while not enrolled.
    std::optional<TabletIdentity> identity() const;
    Uuid signed_in() const;          // whose slot; nil while locked
    const Proxy& proxy() const;      // through whom
    std::int64_t proven_ms() const;  // the time that the endpoint told last; 0: none
    // A network or a charger came or went: what waits is sent by itself, locked or open.
    void around(const Around& now);

    std::shared_ptr<const View> view() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace doorstep
