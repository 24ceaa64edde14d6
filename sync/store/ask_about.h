// Several questions, each about many ids, of which none needs another's answer: where each statement is a
// round trip they travel together.
#pragma once

#include <functional>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "sync/store/rows_at_once.h"
#include "sync/store/sql_values.h"

namespace doorstep {

struct About {
    std::string_view question;  // as query_about() takes it; one that names no :id is asked once
    std::span<const Uuid> ids{};
    std::function<void(const SqlRow&)> each;
};

// Inside a transaction.  On each engine the answers to one come together.
inline Result<void> ask_about(SqlConnection& sql, std::span<const About> all) {
    const bool travels = sql.engine() == SqlConnection::Engine::postgresql;
    std::vector<Question> questions;
    for (const auto& one : all) {
        if (one.question.find(":id") == std::string_view::npos) {
            questions.push_back({std::string(one.question),
                                 {{"partnership", home_partnership}},
                                 [&each = one.each](const SqlRow& row) {
                                     each(row);
                                     return true;
                                 }});
            continue;
        }
        if (!travels) {
            TRY_DO(query_about(sql, one.question, one.ids, one.each));
            continue;
        }
        auto more = questions_about(sql, one.question, one.ids, one.each);
        std::move(more.begin(), more.end(), std::back_inserter(questions));
    }
    return ask_together(sql, questions);
}

}  // namespace doorstep
