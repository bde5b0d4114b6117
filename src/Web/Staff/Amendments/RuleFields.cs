using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Amendments;

/// <summary>
/// The fields of a rule: the partial <c>_RuleFields</c> shows them on every form that has the terms of a rule. A field that was not edited
/// leaves the value as it was recorded.
/// </summary>
internal static class RuleFields
{
    /// <summary>The choices of the field for the data that a period applies to: the city's vocabulary, and what the rule has.</summary>
    public static ImmutableArray<string> ClassesFor(Rule rule, IEnumerable<string> known) =>
        [.. known.Union(rule.Retention.Select(retention => retention.DataClass).OfType<string>(), StringComparer.OrdinalIgnoreCase)];

    public static ImmutableDictionary<string, string> Show(Rule rule) =>
        new Dictionary<string, string>
        {
            ["capture"] = string.Join(',', rule.Capture.Select(Domain.Json.Word)),
            ["notice"] = string.Join(',', rule.Notice.Select(notice => Domain.Json.Word(notice.Duty))),
            ["access"] = Domain.Json.Word(rule.RecordsAccess.Access),
            ["access-text"] = rule.RecordsAccess.Text ?? "",
            ["departments"] = string.Join(',', rule.Departments),
            ["purposes"] = string.Join('\n', rule.Purposes),
            ["prohibited"] = string.Join('\n', rule.ProhibitedUses),
            ["sharing"] = rule.Sharing ?? "",
            ["owner"] = rule.Owner ?? "",
            ["review-by"] = rule.ReviewBy is { } date ? FormText.Write(date) : "",
            ["note"] = rule.Note ?? "",
            ["pauses"] = rule.Pauses ? "yes" : "",
        }
            .Concat(RetentionFields.Show(rule.Retention))
            .Concat(rule.Notice.DistinctBy(notice => notice.Duty).Select(ShowDays))
            .ToImmutableDictionary();

    /// <summary>The name of the field for the days of a duty.</summary>
    public static string DaysOf(NoticeDuty duty) => "notice-days-" + Domain.Json.Word(duty);

    /// <summary>Whether a field is one of several of a list, whose number depends on the rule.</summary>
    public static bool IsOfList(string field) =>
        field.StartsWith("retention-", StringComparison.Ordinal) || field.StartsWith("notice-days-", StringComparison.Ordinal);

    /// <summary>Reads the fields. A value whose fields say what the form was opened with is the original's.</summary>
    /// <param name="original">The rule with which the form was opened.</param>
    public static Rule Read(IFormCollection form, Rule original, List<FieldError> errors)
    {
        var shown = Show(original);
        bool IsEdited(string field) => form[field].ToString().ReplaceLineEndings("\n") != shown.GetValueOrDefault(field, "");
        var retention = RetentionFields.Read(form, errors);
        return original with
        {
            Capture = SameOr(original.Capture, ReadCapture(form, errors)),
            Retention = retention.SequenceEqual(original.Retention) ? original.Retention : retention,
            Notice = ReadNotice(form, original.Notice, shown, errors),
            RecordsAccess = new RecordsAccess(
                ReadAccess(form, errors),
                IsEdited("access-text") ? form.Text("access-text") : original.RecordsAccess.Text
            ),
            Departments = SameOr(original.Departments, [.. form["departments"].OfType<string>()]),
            Pauses = form["pauses"] == "yes",
            Note = IsEdited("note") ? form.Text("note") : original.Note,
            Purposes = IsEdited("purposes") ? RuleText.SplitLines(form["purposes"]) : original.Purposes,
            ProhibitedUses = IsEdited("prohibited") ? RuleText.SplitLines(form["prohibited"]) : original.ProhibitedUses,
            Sharing = IsEdited("sharing") ? form.Text("sharing") : original.Sharing,
            Owner = form.Text("owner"),
            ReviewBy = IsEdited("review-by") ? ReadReviewBy(form, errors) : original.ReviewBy,
        };
    }

    /// <summary>Maps the place of a problem in a rule to the id of its field.</summary>
    public static string FieldOf(string member) =>
        member switch
        {
            "retention" => RetentionFields.Name(0, "bound"),
            "text" or "recordsAccess" => "access-text",
            "prohibitedUses" => "prohibited",
            "reviewBy" => "review-by",
            _ => member,
        };

    private static KeyValuePair<string, string> ShowDays(RequiredNotice notice) =>
        KeyValuePair.Create(DaysOf(notice.Duty), notice.Days?.ToString(CultureInfo.InvariantCulture) ?? "");

    /// <summary>The original list when the form has the same choices, whose order a form cannot say.</summary>
    private static ImmutableArray<T> SameOr<T>(ImmutableArray<T> original, ImmutableArray<T> read) =>
        read.ToHashSet().SetEquals(original) ? original : read;

    private static ImmutableArray<Capture> ReadCapture(IFormCollection form, List<FieldError> errors)
    {
        var capture = ImmutableArray.CreateBuilder<Capture>();
        foreach (var word in form["capture"])
        {
            if (Domain.Json.TryWord(word, out Capture read))
                capture.Add(read);
            else
                errors.Add(new("capture", $"“{word}” is not a kind of recording."));
        }

        return capture.ToImmutable();
    }

    private static ImmutableArray<RequiredNotice> ReadNotice(
        IFormCollection form,
        ImmutableArray<RequiredNotice> original,
        ImmutableDictionary<string, string> shown,
        List<FieldError> errors
    )
    {
        var chosen = form["notice"].OfType<string>().ToHashSet();
        var duties = Enum.GetValues<NoticeDuty>();
        if (
            chosen.SetEquals(original.Select(notice => Domain.Json.Word(notice.Duty)))
            && duties.All(duty => form[DaysOf(duty)].ToString().Trim() == shown.GetValueOrDefault(DaysOf(duty), ""))
        )
            return original;
        return
        [
            .. duties
                .Where(duty => chosen.Contains(Domain.Json.Word(duty)))
                .Select(duty => new RequiredNotice(duty, ReadNoticeDays(form, duty, errors))),
        ];
    }

    private static int? ReadNoticeDays(IFormCollection form, NoticeDuty duty, List<FieldError> errors)
    {
        if (form.Text(DaysOf(duty)) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= PolicyValidator.MaxDays)
            return days;
        errors.Add(new(DaysOf(duty), $"“{text}” is no number of days: enter a whole number from 0 to {PolicyValidator.MaxDays}."));
        return null;
    }

    private static RecordsAccessKind ReadAccess(IFormCollection form, List<FieldError> errors)
    {
        if (!Domain.Json.TryWord(form["access"], out RecordsAccessKind access))
            errors.Add(new("access", "Choose whether the public can get the recordings."));
        return access;
    }

    private static DateOnly? ReadReviewBy(IFormCollection form, List<FieldError> errors)
    {
        if (form.Text("review-by") is not { } text)
            return null;
        if (FormText.TryDate(text, out var date))
            return date;
        errors.Add(new("review-by", $"“{text}” is not a date: expected YYYY-MM-DD."));
        return null;
    }
}
