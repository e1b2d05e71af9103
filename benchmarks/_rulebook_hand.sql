-- Every rule of the bench by hand for PostgreSQL 15: one row a person, one outcome a rule.
-- 0 not met, 1 unknown, 2 met, 3 not applicable, 4 a person has to decide. A condition is 0, 1 or 2; AND is least,
-- OR greatest, NOT 2 - x. @on is the 20th of a month, so `day + n months > @on` is `day > @on - n months`.
-- One aggregate a table; OFFSET 0 keeps the planner from writing each column out wherever it is named.
WITH post AS (
    SELECT subject,
        max(CASE WHEN "end" IS NULL OR "end" > @on THEN place END) AS held,
        bool_or(("end" IS NULL OR "end" > @on) AND place IS NULL) AS held_unknown,
        bool_or("end" IS NULL OR "end" > @on) AS is_held,
        max((start - DATE '1900-01-01') * 16 + coalesce(place + 1, 0)) AS last_high,
        max((start - DATE '1900-01-01') * 16 + 15 - coalesce(place + 1, 0)) AS last_low,
        max(("end" - DATE '1900-01-01') * 16 + coalesce(place + 1, 0)) AS left_high,
        max(("end" - DATE '1900-01-01') * 2 + CASE WHEN place IS NULL THEN 1 ELSE 0 END) AS left_unknown
    FROM (
        SELECT subject, start, "end", CASE level WHEN '科员及以下' THEN 0 WHEN '乡科级副职' THEN 1 WHEN '乡科级正职' THEN 2
            WHEN '县处级副职' THEN 3 WHEN '县处级正职' THEN 4 WHEN '厅局级副职' THEN 5 END AS place
        FROM posts WHERE start <= @on OFFSET 0) AS each_post
    GROUP BY subject
), deputy AS (
    SELECT subject, min(post) FILTER (WHERE is_sure) AS sure_least, max(post) FILTER (WHERE is_sure) AS sure_most,
        min(post) AS least, max(post) AS most,
        min(sure_begin) FILTER (WHERE is_sure AND start <= @on AND "end" > @on AND start < "end") AS sure_since,
        min(begin) FILTER (WHERE start <= @on AND "end" > @on AND start < "end") AS since
    FROM (
        SELECT *, max(CASE WHEN is_new THEN start END) OVER (PARTITION BY subject ORDER BY start) AS begin,
            max(CASE WHEN is_new_sure THEN start END) OVER (PARTITION BY subject ORDER BY start) AS sure_begin
        FROM (
            SELECT *, start > coalesce(max("end") OVER before, DATE '0001-01-01') AS is_new,
                is_sure AND start > coalesce(max(CASE WHEN is_sure THEN "end" END) OVER before, DATE '0001-01-01') AS is_new_sure
            FROM (
                SELECT subject, start, coalesce("end", DATE '9999-12-31') AS "end", post, level IS NOT NULL AS is_sure
                FROM posts WHERE (level = '县处级副职' OR level IS NULL) AND start <= @on OFFSET 0) AS chosen
            WINDOW before AS (PARTITION BY subject ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ) AS started) AS runs
    GROUP BY subject
), -- months in some posts, odd days of all runs put together: sure ones, and those that may count
counted AS (
    SELECT subject, 'chief' AS what, start, least(coalesce("end", @on), @on) AS "end", "end" IS NULL OR "end" > @on AS is_running,
        level IS NOT NULL AS is_sure
    FROM posts WHERE (level = '县处级正职' OR level IS NULL) AND start <= @on
    UNION ALL
    SELECT p.subject, 'base', start, least(coalesce("end", @on), @on), "end" IS NULL OR "end" > @on, setting IS NOT NULL
    FROM posts AS p JOIN person USING (subject)
    WHERE person_is_selected_graduate AND (setting = '基层' OR setting IS NULL) AND start <= @on
), ways AS (
    SELECT *, true AS is_sure_only FROM counted WHERE is_sure
    UNION ALL SELECT *, false FROM counted
), islands AS (
    SELECT subject, what, is_sure_only, begin, max("end") AS "end", bool_or(is_running) AS is_running
    FROM (
        SELECT *, max(CASE WHEN is_new THEN start END) OVER (PARTITION BY subject, what, is_sure_only ORDER BY start) AS begin
        FROM (
            SELECT *, start > coalesce(max(CASE WHEN start < "end" THEN "end" END) OVER (PARTITION BY subject, what, is_sure_only
                ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), DATE '0001-01-01') AS is_new
            FROM ways WHERE start < "end" OR is_running OFFSET 0) AS started) AS runs
    GROUP BY subject, what, is_sure_only, begin
), measured AS (
    SELECT *, months - CASE WHEN begin + make_interval(months => months) > "end" THEN 1 ELSE 0 END AS full_months
    FROM (
        SELECT *, ((extract(year FROM "end") - extract(year FROM begin)) * 12 + extract(month FROM "end")
            - extract(month FROM begin))::int AS months,
            row_number() OVER (PARTITION BY subject, what, is_sure_only ORDER BY begin DESC) = 1 AS is_last
        FROM islands OFFSET 0) AS spans
), served AS (
    SELECT subject, what, is_sure_only,
        (max(begin) FILTER (WHERE is_last) - make_interval(months => coalesce(sum(full_months) FILTER (WHERE NOT is_last), 0)::int))::date
            - coalesce(sum("end" - (begin + make_interval(months => full_months))::date) FILTER (WHERE NOT is_last), 0)::int AS begin,
        max("end") FILTER (WHERE is_last) AS "end"
    FROM measured GROUP BY subject, what, is_sure_only
), months AS (
    SELECT subject,
        max(full_months) FILTER (WHERE what = 'chief' AND is_sure_only) AS chief_least,
        max(full_months) FILTER (WHERE what = 'chief' AND NOT is_sure_only) AS chief_most,
        max(full_months) FILTER (WHERE what = 'base' AND is_sure_only) AS base_least,
        max(full_months) FILTER (WHERE what = 'base' AND NOT is_sure_only) AS base_most
    FROM (
        SELECT *, months - CASE WHEN begin + make_interval(months => months) > "end" THEN 1 ELSE 0 END AS full_months
        FROM (
            SELECT *, ((extract(year FROM "end") - extract(year FROM begin)) * 12 + extract(month FROM "end")
                - extract(month FROM begin))::int AS months
            FROM served OFFSET 0) AS spans) AS full_spans
    GROUP BY subject
), rank AS (
    SELECT subject, bool_or(begun) AS is_begun,
        max(CASE WHEN begun AND ("end" IS NULL OR "end" > @on) THEN CASE WHEN place IS NULL THEN 1 WHEN place >= 6 THEN 2 ELSE 0 END END) AS held,
        bool_or(begun AND ("end" IS NULL OR "end" > @on)) AS is_held,
        max(CASE WHEN begun THEN (start - DATE '1900-01-01') * 16 + coalesce(place + 1, 0) END) AS last_high,
        max(CASE WHEN begun THEN (start - DATE '1900-01-01') * 16 + 15 - coalesce(place + 1, 0) END) AS last_low
    FROM (
        SELECT subject, start, "end", start <= @on AS begun, CASE rank WHEN '二级科员' THEN 0 WHEN '一级科员' THEN 1
            WHEN '四级主任科员' THEN 2 WHEN '三级主任科员' THEN 3 WHEN '二级主任科员' THEN 4 WHEN '一级主任科员' THEN 5
            WHEN '四级调研员' THEN 6 WHEN '三级调研员' THEN 7 WHEN '二级调研员' THEN 8 WHEN '一级调研员' THEN 9 END AS place
        FROM ranks OFFSET 0) AS each_rank
    GROUP BY subject
), grade AS (
    SELECT subject,
        max(year * 8 + code) AS last_grade,
        bit_or(1 << (year - 2000)::int) AS years,
        bit_or(CASE WHEN code = 1 THEN 1 << (year - 2000)::int ELSE 0 END) AS failed,
        bit_or(CASE WHEN code = 0 THEN 1 << (year - 2000)::int ELSE 0 END) AS unknown,
        min(CASE WHEN code IN (0, 2) THEN CASE WHEN decided IS NULL THEN 1 WHEN decided <= @on - interval '12 months' THEN 2
            WHEN code = 2 THEN 0 ELSE 1 END END) AS basic,
        max(CASE WHEN year = 2025 THEN CASE code WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 2 ELSE 0 END END) AS bad_2025,
        max(CASE WHEN code = 1 THEN decided END) AS failed_least,
        max(CASE WHEN code <= 1 THEN coalesce(decided, DATE '9999-12-31') END) AS failed_most
    FROM (
        SELECT subject, year, decided, CASE grade WHEN '不称职' THEN 1 WHEN '基本称职' THEN 2 WHEN '称职' THEN 3 WHEN '优秀' THEN 4
            WHEN '不定等次' THEN 5 WHEN '未参加考核' THEN 6 ELSE 0 END AS code
        FROM grades WHERE decided IS NULL OR decided <= @on OFFSET 0) AS each_grade
    GROUP BY subject
), school AS (
    SELECT subject, max(CASE WHEN finished > @on THEN 0 ELSE least(CASE WHEN is_verified IS NULL THEN 1 WHEN is_verified THEN 2 ELSE 0 END,
        CASE WHEN level IS NULL THEN 1 WHEN level IN ('大学专科', '大学本科', '硕士研究生', '博士研究生') THEN 2 ELSE 0 END) END) AS held
    FROM education GROUP BY subject
), training AS (
    SELECT subject,
        sum(hours) FILTER (WHERE year BETWEEN 2022 AND 2025) AS four, sum(hours) FILTER (WHERE year = 2026) AS now,
        sum(hours) FILTER (WHERE year BETWEEN 2021 AND 2025) AS five, sum(hours) FILTER (WHERE year = 2025) AS one,
        bool_or(hours IS NULL AND year BETWEEN 2022 AND 2025) AS four_unknown, bool_or(hours IS NULL AND year = 2026) AS now_unknown,
        bool_or(hours IS NULL AND year = 2021) AS first_unknown, bool_or(hours IS NULL AND year = 2025) AS one_unknown,
        bit_or(CASE WHEN year BETWEEN 2021 AND 2025 THEN 1 << (year - 2021)::int ELSE 0 END) AS years,
        sum(months) FILTER (WHERE year > 2021 AND year <= 2026) AS months, sum(months) FILTER (WHERE year BETWEEN 2021 AND 2025) AS months_before
    FROM training_years GROUP BY subject
), sanction AS (
    SELECT subject, count(*) AS n,
        min(CASE WHEN system = '党纪' AND kind = '警告' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - interval '12 months' THEN 0 ELSE 2 END END) AS pty_w,
        min(CASE WHEN system = '党纪' AND kind = '严重警告' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - interval '18 months' THEN 0 ELSE 2 END END) AS pty_s,
        min(CASE WHEN system = '党纪' AND kind = '撤销党内职务' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - interval '24 months' THEN 0 ELSE 2 END END) AS pty_r,
        min(CASE WHEN system = '党纪' AND kind = '开除党籍' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - interval '60 months' THEN 0 ELSE 2 END END) AS pty_x,
        min(CASE WHEN kind = '留党察看' THEN least(
            CASE WHEN restored IS NULL THEN 1 WHEN restored > @on - interval '24 months' THEN 0 ELSE 2 END,
            CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - make_interval(months => 24 + CASE WHEN is_prolonged THEN 24 ELSE coalesce(months, 12) END::int) THEN 0 ELSE 2 END) END) AS pty_p,
        min(CASE WHEN system = '党纪' AND is_inside_another IS NOT FALSE THEN inside END) AS pty_seq,
        min(CASE WHEN system = '政务' AND is_inside_another IS NOT FALSE THEN inside END) AS adm_seq,
        min(least(ends, least_ends)) AS ends,
        min(CASE WHEN system = '诫勉' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - interval '6 months' THEN 0 ELSE 2 END END) AS admon,
        min(CASE WHEN system = '政务' AND kind = '警告' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - make_interval(months => coalesce(months, 6)::int) THEN 0 ELSE 2 END END) AS adm_w,
        min(CASE WHEN system = '政务' AND kind = '记过' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - make_interval(months => coalesce(months, 12)::int) THEN 0 ELSE 2 END END) AS adm_d,
        min(CASE WHEN system = '政务' AND kind = '记大过' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - make_interval(months => coalesce(months, 18)::int) THEN 0 ELSE 2 END END) AS adm_m,
        min(CASE WHEN system = '政务' AND kind = '降级' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - make_interval(months => coalesce(months, 24)::int) THEN 0 ELSE 2 END END) AS adm_l,
        min(CASE WHEN system = '政务' AND kind = '撤职' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - make_interval(months => coalesce(months, 24)::int) THEN 0 ELSE 2 END END) AS adm_r,
        min(CASE WHEN system = '政务' THEN ends END) AS adm_eff,
        min(CASE WHEN system = '组织处理' AND kind = '调整职务' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - interval '12 months' THEN 0 ELSE 2 END END) AS org_2,
        min(CASE WHEN kind IN ('责令辞职', '免职') THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - interval '24 months' THEN 0 ELSE 2 END END) AS org_3,
        min(CASE WHEN system = '组织处理' AND kind = '降职' THEN CASE WHEN effective IS NULL THEN 1 WHEN effective > @on - interval '24 months' THEN 0 ELSE 2 END END) AS org_4,
        max(CASE WHEN kind IN ('撤职', '降职') THEN effective END) AS lowered_least,
        max(CASE WHEN kind IN ('撤职', '降职') THEN coalesce(effective, DATE '9999-12-31') END) AS lowered_most
    FROM (
        SELECT *, least(CASE WHEN effect_end IS NULL THEN 1 WHEN effect_end <= @on THEN 2 WHEN is_inside_another THEN 0 ELSE 1 END,
            CASE WHEN least_effect_end IS NULL THEN 1 WHEN least_effect_end <= @on THEN 2 WHEN is_inside_another THEN 0 ELSE 1 END) AS inside,
            CASE WHEN effect_end IS NULL THEN 1 WHEN effect_end > @on THEN 0 ELSE 2 END AS ends,
            CASE WHEN least_effect_end IS NULL THEN 1 WHEN least_effect_end > @on THEN 0 ELSE 2 END AS least_ends
        FROM sanctions WHERE effective IS NULL OR effective <= @on OFFSET 0) AS each_sanction
    GROUP BY subject
), scope AS (
    SELECT subject, max(CASE WHEN entered > @on THEN 0 ELSE 2 END) AS entered,
        CASE WHEN min(entered) FILTER (WHERE entered <= @on) < DATE '2026-01-01' THEN 0
            WHEN bool_or(entered IS NULL) THEN 1 ELSE 2 END AS not_before
    FROM scope_entries GROUP BY subject
), annual AS (
    SELECT subject, CASE WHEN bool_or(year = 2025 AND submitted <= DATE '2026-01-31') THEN 2
        WHEN bool_or(year = 2025 AND submitted IS NULL) THEN 1 ELSE 0 END AS handed_in
    FROM annual_reports GROUP BY subject
), entry AS (
    SELECT subject,
        bit_count(bit_or(CASE WHEN article = '第三条' AND is_filled THEN 1 << code ELSE 0 END)::bit(16)) AS third_least,
        bit_count(bit_or(CASE WHEN coalesce(article = '第三条', true) AND is_filled IS NOT FALSE THEN 1 << code ELSE 0 END)::bit(16)) AS third_most,
        bit_count(bit_or(CASE WHEN article = '第四条' AND is_filled THEN 1 << code ELSE 0 END)::bit(16)) AS fourth_least,
        bit_count(bit_or(CASE WHEN coalesce(article = '第四条', true) AND is_filled IS NOT FALSE THEN 1 << code ELSE 0 END)::bit(16)) AS fourth_most
    FROM (
        SELECT subject, article, is_filled, CASE matter WHEN '婚姻' THEN 0 WHEN '因私护照和出国' THEN 1 WHEN '港澳台证件和往来' THEN 2
            WHEN '子女涉外婚姻' THEN 3 WHEN '子女与港澳台居民婚姻' THEN 4 WHEN '配偶子女移居或境外一年' THEN 5 WHEN '配偶子女从业' THEN 6
            WHEN '被追究刑责' THEN 7 WHEN '工资奖金' THEN 8 WHEN '劳务所得' THEN 9 WHEN '房产' THEN 10 WHEN '股票基金保险' THEN 11
            WHEN '经商办企业' THEN 12 WHEN '境外存款投资' THEN 13 END AS code
        FROM report_entries OFFSET 0) AS each_entry
    GROUP BY subject
), verified AS (
    SELECT subject, max(CASE WHEN closed > @on OR closed IS NULL THEN 0 WHEN kind IS NULL THEN 1 WHEN kind = '重点查核' THEN 2 ELSE 0 END) AS done
    FROM verifications WHERE asked <= @on GROUP BY subject
), absent AS (
    SELECT subject, max(CASE WHEN absent_run > 15 OR absent_days > 30 THEN 2 WHEN absent_run IS NULL OR absent_days IS NULL THEN 1 ELSE 0 END) AS long
    FROM attendance_years GROUP BY subject
), term AS (
    SELECT subject, max(CASE WHEN consecutive >= 2 THEN 2 WHEN consecutive IS NULL THEN 1 ELSE 0 END) AS twice
    FROM terms WHERE post = '清河县县长' AND (start IS NULL OR start <= @on) GROUP BY subject
), move AS (
    SELECT subject, max(CASE WHEN other THEN 2 WHEN other IS NULL THEN 1 ELSE 0 END) AS other,
        count(*) FILTER (WHERE special) AS special_least, count(*) FILTER (WHERE special IS NOT FALSE) AS special_most
    FROM (
        SELECT subject, reason = '其他' AND date >= person_term_group_since AS other,
            reason = '工作特殊需要' AND date >= person_term_group_since AS special
        FROM term_moves JOIN person USING (subject) WHERE date IS NULL OR date <= @on OFFSET 0) AS each_move
    GROUP BY subject
), makeup AS (
    SELECT subject, max(CASE WHEN promoted IS NULL THEN 1 WHEN promoted >= @on - interval '12 months' THEN 2 ELSE 0 END) AS open
    FROM training_makeups WHERE promoted IS NULL OR promoted <= @on GROUP BY subject
), request AS (
    SELECT subject, max(CASE WHEN item IS NULL THEN 1 WHEN item IN ('8（1）', '8（3）') THEN 2 ELSE 0 END) AS approval,
        max(CASE WHEN item IS NULL THEN 1 WHEN item IN ('第七条', '8（7）') THEN 2 ELSE 0 END) AS never
    FROM exception_requests WHERE asked IS NULL OR asked <= @on GROUP BY subject
), prior AS (
    SELECT subject, max(CASE WHEN again THEN 2 WHEN again IS NULL THEN 1 ELSE 0 END) AS again
    FROM (
        SELECT subject, item IN ('8（1）', '8（3）') AND date >= person_last_promotion AS again
        FROM prior_exceptions JOIN person USING (subject) WHERE date IS NULL OR date <= @on OFFSET 0) AS each_prior
    GROUP BY subject
), checked AS (
    SELECT subject,
        max(CASE WHEN "check" <> '档案必审' OR closed IS NULL OR closed > @on OR NOT is_signed OR result <> '无问题' OR opened > @on THEN 0
            WHEN is_signed IS NULL OR result IS NULL THEN 1 ELSE 2 END) AS dossier,
        max(CASE WHEN "check" = '个人事项必核' AND closed <= @on AND opened <= @on THEN 2 ELSE 0 END) AS matters
    FROM mandatory_checks GROUP BY subject
), opinion AS (
    SELECT subject, max(CASE WHEN giver = '考察对象所在单位纪检' THEN 1 ELSE 0 END)
            + max(CASE WHEN giver = '派出考察组的组织部门同级纪检' THEN 1 ELSE 0 END) AS least,
        count(*) FILTER (WHERE giver IS NULL) AS unnamed, max(CASE WHEN has_objection THEN 2 ELSE 0 END) AS objection
    FROM discipline_opinions WHERE date <= @on GROUP BY subject
), signature AS (
    SELECT subject, max(CASE WHEN signatory = '党委（党组）书记' THEN 1 ELSE 0 END)
            + max(CASE WHEN signatory = '纪委书记/纪检监察组组长' THEN 1 ELSE 0 END) AS least,
        count(*) FILTER (WHERE signatory IS NULL) AS unnamed
    FROM integrity_signatures WHERE date <= @on GROUP BY subject
), account AS (
    SELECT subject, min(least(
        CASE WHEN date IS NULL THEN 1 WHEN date > @on - interval '12 months' THEN 0 ELSE 2 END,
        CASE WHEN former_level IN ('县处级正职', '厅局级副职') THEN 2 WHEN date IS NULL THEN 1 WHEN date <= @on - interval '24 months' THEN 2
            WHEN former_level IS NULL THEN 1 ELSE 0 END)) AS free
    FROM accountabilities WHERE date IS NULL OR date <= @on GROUP BY subject
), adjusted AS (
    SELECT subject, min(CASE WHEN date IS NULL THEN 1 WHEN date > @on - interval '12 months' THEN 0 ELSE 2 END) AS free
    FROM post_adjustments WHERE date IS NULL OR date <= @on GROUP BY subject
), unfit AS (
    SELECT subject, max(date) AS least, max(coalesce(date, DATE '9999-12-31')) AS most
    FROM unfit_findings WHERE date IS NULL OR date <= @on GROUP BY subject
), lowering AS (
    SELECT subject, max(date) AS least, max(coalesce(date, DATE '9999-12-31')) AS most
    FROM rank_lowerings WHERE date IS NULL OR date <= @on GROUP BY subject
), fact AS (
    SELECT person.*,
        CASE WHEN post.held >= 3 THEN 2 WHEN post.held_unknown THEN 1 ELSE 0 END AS deputy_up,
        CASE WHEN post.held >= 4 THEN 2 WHEN post.held_unknown THEN 1 ELSE 0 END AS chief_up,
        CASE WHEN post.is_held THEN CASE WHEN post.held >= 4 THEN 0 WHEN post.held_unknown THEN 0 WHEN post.held = 3 THEN 1 WHEN post.held = 2 THEN 2 ELSE 3 END
            WHEN post.left_high % 16 >= 5 THEN 0 WHEN post.left_unknown % 2 = 1 THEN 0 WHEN post.left_high % 16 = 4 THEN 1 WHEN post.left_high % 16 = 3 THEN 2 ELSE 3 END AS up_least,
        CASE WHEN post.is_held THEN CASE WHEN post.held >= 4 THEN 0 WHEN post.held = 3 THEN 1 WHEN post.held = 2 THEN 2 ELSE 3 END
            WHEN post.left_high % 16 >= 5 THEN 0 WHEN post.left_high % 16 = 4 THEN 1 WHEN post.left_high % 16 = 3 THEN 2 ELSE 3 END AS up_most,
        CASE WHEN post.last_high IS NULL THEN 0 WHEN post.last_high % 16 <> 15 - post.last_low % 16 OR post.last_high % 16 = 0 THEN 1
            WHEN post.last_high % 16 >= 4 THEN 2 ELSE 0 END AS last_post,
        CASE WHEN rank.subject IS NULL THEN 1 WHEN NOT rank.is_begun THEN 0 WHEN rank.last_high % 16 <> 15 - rank.last_low % 16 OR rank.last_high % 16 = 0 THEN 1
            WHEN rank.last_high % 16 >= 7 THEN 2 ELSE 0 END AS last_rank,
        CASE WHEN rank.subject IS NULL THEN 1 ELSE coalesce(rank.held, 0) END AS rank_up,
        CASE WHEN rank.subject IS NULL THEN 1 WHEN rank.is_held THEN 2 ELSE 0 END AS has_rank,
        deputy.sure_least, deputy.sure_most, deputy.least AS deputy_least, deputy.most AS deputy_most, deputy.sure_since, deputy.since,
        coalesce(chief_least, 0) AS chief_least, coalesce(chief_most, 0) AS chief_most,
        coalesce(base_least, 0) AS base_least, coalesce(base_most, 0) AS base_most,
        grade.subject AS graded, last_grade % 8 AS last_grade, last_grade / 8 AS last_year, grade.years AS grade_years, failed, unknown, basic, bad_2025,
        failed_least, failed_most, school.held AS school,
        training.subject AS trained, coalesce(four, 0) AS four, coalesce(now, 0) AS now, coalesce(five, 0) AS five, coalesce(one, 0) AS one,
        four_unknown, now_unknown, four_unknown OR first_unknown AS five_unknown, one_unknown, training.years AS training_years, coalesce(training.months, 0) AS months,
        coalesce(training.months_before, 0) AS months_before,
        sanction.n AS sanctions, coalesce(pty_w, 2) AS pty_w, coalesce(pty_s, 2) AS pty_s, coalesce(pty_r, 2) AS pty_r, coalesce(pty_x, 2) AS pty_x,
        coalesce(pty_p, 2) AS pty_p, coalesce(pty_seq, 2) AS pty_seq, coalesce(adm_seq, 2) AS adm_seq, coalesce(ends, 2) AS ends, coalesce(admon, 2) AS admon,
        coalesce(adm_w, 2) AS adm_w, coalesce(adm_d, 2) AS adm_d, coalesce(adm_m, 2) AS adm_m, coalesce(adm_l, 2) AS adm_l, coalesce(adm_r, 2) AS adm_r,
        coalesce(adm_eff, 2) AS adm_eff, coalesce(org_2, 2) AS org_2, coalesce(org_3, 2) AS org_3, coalesce(org_4, 2) AS org_4, lowered_least, lowered_most,
        scope.subject AS in_scope, entered, not_before, annual.subject AS reported, handed_in,
        entry.subject AS entries, third_least, third_most, fourth_least, fourth_most, coalesce(done, 0) AS verified,
        absent.subject AS attended, long, term.subject AS term, twice, coalesce(other, 0) AS other, coalesce(special_least, 0) AS special_least, coalesce(special_most, 0) AS special_most,
        coalesce(makeup.open, 0) AS makeup, request.subject AS request, approval, never, coalesce(again, 0) AS again,
        checked.subject AS checks, dossier, matters, opinion.subject AS opinions, opinion.least AS opinions_least, opinion.unnamed AS opinions_unnamed, objection,
        signature.subject AS signatures, signature.least AS signatures_least, signature.unnamed AS signatures_unnamed,
        account.subject AS account, account.free AS account_free, coalesce(adjusted.free, 2) AS adjusted_free,
        unfit.least AS unfit_least, unfit.most AS unfit_most, coalesce(lowering.least, DATE '0001-01-01') AS lowering_least,
        coalesce(lowering.most, DATE '0001-01-01') AS lowering_most
    FROM person
    LEFT JOIN post USING (subject) LEFT JOIN deputy USING (subject) LEFT JOIN months USING (subject) LEFT JOIN rank USING (subject)
    LEFT JOIN grade USING (subject) LEFT JOIN school USING (subject) LEFT JOIN training USING (subject) LEFT JOIN sanction USING (subject)
    LEFT JOIN scope USING (subject) LEFT JOIN annual USING (subject) LEFT JOIN entry USING (subject) LEFT JOIN verified USING (subject)
    LEFT JOIN absent USING (subject) LEFT JOIN term USING (subject) LEFT JOIN move USING (subject) LEFT JOIN makeup USING (subject)
    LEFT JOIN request USING (subject) LEFT JOIN prior USING (subject) LEFT JOIN checked USING (subject) LEFT JOIN opinion USING (subject)
    LEFT JOIN signature USING (subject) LEFT JOIN account USING (subject) LEFT JOIN adjusted USING (subject) LEFT JOIN unfit USING (subject)
    LEFT JOIN lowering USING (subject)
    OFFSET 0
), half AS (
    SELECT *,
        least(greatest(last_post, last_rank, CASE WHEN person_is_listed_report_post IS NULL THEN 1 WHEN person_is_listed_report_post THEN 2 ELSE 0 END),
            CASE WHEN person_is_retired IS NULL THEN 1 WHEN person_is_retired THEN 0 ELSE 2 END) AS reports,
        greatest(deputy_up, rank_up) AS leads,
        CASE WHEN trained IS NULL OR four_unknown OR now_unknown THEN 1 WHEN four + now >= 550 THEN 2 WHEN training_years & 30 <> 30 THEN 1 ELSE 0 END AS hours_now,
        CASE WHEN trained IS NULL OR five_unknown THEN 1 WHEN five >= 550 THEN 2 WHEN training_years & 31 <> 31 THEN 1 ELSE 0 END AS hours_before,
        CASE WHEN trained IS NULL OR one_unknown THEN 1 WHEN one >= 90 THEN 2 WHEN training_years & 16 = 0 THEN 1 ELSE 0 END AS hours_one,
        CASE WHEN trained IS NULL THEN 1 WHEN months >= 3 THEN 2 ELSE 0 END AS months_trained,
        CASE WHEN trained IS NULL THEN 1 WHEN months_before >= 3 THEN 2 ELSE 0 END AS months_then, CASE WHEN trained IS NULL THEN 1 ELSE 0 END AS days_then, -- no days are in the register
        CASE WHEN graded IS NULL THEN 1
            WHEN bit_count((failed & (3 << (last_year - 2001)::int))::bit(32)) >= 2 THEN 0
            WHEN bit_count(((failed | unknown | ~grade_years) & (3 << (last_year - 2001)::int))::bit(32)) >= 2 THEN 1 ELSE 2 END AS few_fails
    FROM fact OFFSET 0
)
SELECT subject, person_birth,
    pty_w AS "SAN-PTY-W", pty_s AS "SAN-PTY-S", pty_r AS "SAN-PTY-R", pty_p AS "SAN-PTY-P", pty_x AS "SAN-PTY-X", pty_seq AS "SAN-PTY-SEQ",
    CASE reports WHEN 0 THEN 3 WHEN 1 THEN 1 ELSE CASE WHEN person_is_on_report_list IS FALSE THEN 0 ELSE 2 END END AS "PMR-WHO",
    CASE WHEN entries IS NULL THEN 1 WHEN third_least >= 8 THEN 2 WHEN third_most >= 8 THEN 1 ELSE 0 END AS "PMR-ITEM8",
    CASE WHEN entries IS NULL THEN 1 WHEN fourth_least >= 6 THEN 2 WHEN fourth_most >= 6 THEN 1 ELSE 0 END AS "PMR-ITEM6",
    CASE WHEN in_scope IS NULL THEN 1 WHEN entered = 0 THEN 3 ELSE greatest(not_before, CASE WHEN reported IS NULL THEN 1 ELSE handed_in END) END AS "PMR-ANN",
    verified AS "PMR-KEY",
    CASE WHEN graded IS NULL OR last_grade = 0 THEN 1 WHEN last_grade IN (3, 4) THEN 2 ELSE 0 END AS "APP-EFF-OK",
    CASE WHEN graded IS NULL OR last_grade = 0 THEN 1 WHEN last_grade = 1 THEN 0 ELSE 2 END AS "APP-EFF-FAIL",
    least(few_fails, CASE WHEN attended IS NULL THEN 1 ELSE 2 - long END) AS "SAN-DISMISS",
    CASE WHEN person_growth_place IS NULL THEN 1 WHEN person_growth_place = '清河县' THEN 0 ELSE 2 END AS "AVO-HOME",
    CASE leads WHEN 0 THEN 3 WHEN 1 THEN 1 ELSE greatest(hours_now, hours_before, months_trained, months_then) END AS "TRN-14-1",
    CASE WHEN graded IS NULL THEN 1 ELSE coalesce(basic, 2) END AS "APP-EFF-BASIC",
    least(2 - other, CASE WHEN special_most <= 1 THEN 2 WHEN special_least <= 1 THEN 1 ELSE 0 END) AS "TRM-STAB",
    CASE WHEN term IS NULL THEN 3 ELSE 2 - twice END AS "TRM-2",
    CASE WHEN chief_most < 180 THEN 2 WHEN chief_least >= 180 THEN 0 ELSE 1 END AS "TRM-15",
    CASE WHEN person_is_selected_graduate IS NULL THEN 1 WHEN NOT person_is_selected_graduate THEN 3 WHEN base_least >= 24 THEN 2 WHEN base_most < 24 THEN 0 ELSE 1 END AS "YNG-XDS",
    CASE WHEN person_work_start IS NULL THEN 1 WHEN person_work_start > @on - interval '60 months' THEN 0 ELSE 2 END AS "SEL-QUAL-08-1a",
    CASE WHEN sure_least <> sure_most THEN 2 WHEN deputy_least <> deputy_most THEN 1 ELSE 0 END AS "SEL-QUAL-08-2",
    CASE chief_up WHEN 2 THEN 3 WHEN 1 THEN 1 ELSE CASE WHEN sure_since <= @on - interval '24 months' THEN 2 WHEN since <= @on - interval '24 months' THEN 1 ELSE 0 END END AS "SEL-QUAL-08-3a",
    coalesce(school, 1) AS "SEL-QUAL-08-4",
    greatest(makeup, CASE deputy_up WHEN 2 THEN months_then WHEN 0 THEN days_then ELSE least(months_then, 1) END, CASE deputy_up WHEN 2 THEN hours_before WHEN 0 THEN hours_one ELSE CASE
        WHEN trained IS NULL OR five_unknown OR one_unknown THEN 1
        WHEN least(five, one) >= 550 THEN 2
        WHEN greatest(five, one) >= 90 OR training_years & 31 <> 31 THEN 1 ELSE 0 END END) AS "SEL-QUAL-08-5",
    CASE WHEN up_most <= 1 THEN 2 WHEN up_least <= 1 THEN 1 ELSE 0 END AS "SEL-STEP-09",
    CASE WHEN request IS NULL THEN 3 ELSE least(
        CASE WHEN person_is_on_probation IS NULL THEN 1 WHEN person_is_on_probation THEN 0 ELSE 2 END,
        CASE WHEN person_last_promotion IS NULL THEN 1 WHEN person_last_promotion > @on - interval '12 months' THEN 0 ELSE 2 END,
        2 - least(approval, again), CASE WHEN up_most <= 2 THEN 2 WHEN up_least <= 2 THEN 1 ELSE 0 END, 2 - never) END AS "SEL-EXC-09a",
    CASE WHEN graded IS NULL THEN 1 ELSE 2 - coalesce(bad_2025, 1) END AS "SEL-EXCL-24-3",
    2 - greatest(CASE WHEN person_spouse_emigrated IS NULL THEN 1 WHEN person_spouse_emigrated THEN 2 ELSE 0 END, least(
        CASE WHEN person_has_spouse IS NULL THEN 1 WHEN person_has_spouse THEN 0 ELSE 2 END,
        CASE WHEN person_all_children_emigrated IS NULL THEN 1 WHEN person_all_children_emigrated THEN 2 ELSE 0 END)) AS "SEL-EXCL-24-5",
    CASE WHEN sanctions IS NOT NULL AND ends = 2 THEN 4 ELSE ends END AS "SEL-EXCL-24-6",
    CASE WHEN checks IS NULL THEN 1 ELSE dossier END AS "SEL-INS-31a",
    CASE WHEN checks IS NULL THEN 1 ELSE matters END AS "SEL-INS-31b",
    CASE WHEN opinions IS NULL THEN 1 WHEN opinions_least + opinions_unnamed < 2 THEN 0 WHEN objection = 2 THEN 4 WHEN opinions_least >= 2 THEN 2 ELSE 1 END AS "SEL-INS-31c",
    CASE WHEN signatures IS NULL THEN 1 WHEN signatures_least >= 2 THEN 2 WHEN signatures_least + signatures_unnamed >= 2 THEN 1 ELSE 0 END AS "SEL-INS-31e",
    CASE WHEN chief_up = 2 THEN 3 ELSE 1 END AS "SEL-PUB-41",
    CASE WHEN account IS NULL THEN 3 ELSE least(account_free, ends) END AS "SEL-REU-56",
    CASE chief_up WHEN 2 THEN 3 WHEN 1 THEN 1 ELSE adjusted_free END AS "SEL-REU-UNF",
    ends AS "SAN-MAX", admon AS "SAN-ADMON", adm_seq AS "SAN-ADM-SEQ",
    CASE has_rank WHEN 0 THEN 3 WHEN 1 THEN 1 ELSE CASE
        WHEN coalesce(greatest(CASE WHEN graded IS NULL THEN DATE '9999-12-31' ELSE failed_most END, lowered_most, unfit_most), DATE '0001-01-01') <= lowering_least THEN 2
        WHEN coalesce(greatest(failed_least, lowered_least, unfit_least), DATE '0001-01-01') <= lowering_most THEN 1 ELSE 0 END END AS "RNK-DOWN",
    adm_w AS "SAN-ADM-W", adm_d AS "SAN-ADM-D", adm_m AS "SAN-ADM-M", adm_l AS "SAN-ADM-L", adm_r AS "SAN-ADM-R", adm_eff AS "SAN-ADM-EFF",
    CASE WHEN person_has_open_case IS NULL THEN 1 WHEN person_has_open_case THEN 0 ELSE 2 END AS "SAN-CASE",
    org_2 AS "SAN-ORG-2", org_3 AS "SAN-ORG-3", org_4 AS "SAN-ORG-4"
FROM half
