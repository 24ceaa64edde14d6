// Pieces of the pages of signing in.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "client/screens/pieces.h"
#include "client/screens/screens.h"
#include "client/ui/secret_field.h"
#include "client/view/sign_in_intent.h"
#include "client/view/sign_in_view.h"

namespace doorstep::screens {

// The sun, and the lock where there is something to lock: no way back and nothing to see.
PageHeader locked_header(const View& view);
// The page of a tablet that is not enrolled: by a code of the centre.
void join(Ui& ui, const View& view, const SetUpView& set_up, SetUpLocal& local, Intents& intents);
// What went wrong, with a gap below it; nothing where nothing did.
void said_in_red(Ui& ui, std::string_view words);
// What was typed there, on its way into an intent: the field is empty afterwards.
TypedSecret taken(Ui& ui, std::string_view field);

// One who may sign in; `can_tap`: else it is only told.  True when tapped.
bool person_row(Ui& ui, const SignInPerson& person, bool can_tap);

// Words, a pad and what else there is: the pad beside the rest where the screen is wide,
// else between them, so that it is in sight.
void beside_a_pad(Ui& ui, const std::function<void()>& words, const std::function<void()>& pad,
                  const std::function<void()>& other_ways);
// The one thing to do with a pad, as wide as its keys.
bool pad_button(Ui& ui, std::string_view label, bool enabled);

// The two fields with their rules; true on Enter in the second.  `name`: of the page.
bool passphrase_twice(Ui& ui, std::string_view name, const PassphraseTwice& local, bool enabled);
void first_passphrase(Ui& ui, std::string_view name);  // is typed next
bool both_typed(Ui& ui, std::string_view name);
// Nothing, with the trouble told, unless both are the same and keep the rules.  Both
// fields are empty afterwards.
TypedSecret agreed(Ui& ui, std::string_view name, PassphraseTwice& local);

}  // namespace doorstep::screens
