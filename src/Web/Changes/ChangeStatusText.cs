using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>
/// The status of a change request: an approved one is scheduled until the first day that it names, then in force.
/// </summary>
internal static class ChangeStatusText
{
    /// <summary>
    /// <c>draft</c>, <c>submitted</c>, <c>scheduled</c>, <c>in-force</c>, <c>rejected</c> or <c>withdrawn</c>, as of a day.
    /// </summary>
    public static string For(ChangeRequest request, GovernanceHistory history, DateOnly today) =>
        request.State != ChangeState.Approved ? Json.Word(request.State)
        : FirstDay(request, history, today) is { } first
            ? first > today ? "scheduled"
                : "in-force"
        : request.Proposal.Documents.Any(proposed => AddsCondition(proposed, history)) ? "scheduled"
        : "in-force";

    /// <summary>Whether a version of the document waits for a condition for which none waited before.</summary>
    private static bool AddsCondition(ProposedDocument proposed, GovernanceHistory history) =>
        proposed.Document.Kind == DocumentKind.Instrument
        && Conditions(proposed.Document).Except(history.Revision(proposed) is { } before ? Conditions(before.Document) : []).Any();

    private static IEnumerable<string> Conditions(PolicyDocument document) =>
        document.Value<Instrument>().Versions.Select(version => version.Effective.Condition).OfType<string>();

    /// <summary>
    /// The first day, from today on, on which the request makes a difference to a row of the governance table or to any other document;
    /// null when it only changes what is recorded of the past.
    /// </summary>
    public static DateOnly? FirstDay(ChangeRequest request, GovernanceHistory history, DateOnly today)
    {
        DateOnly? first = null;
        foreach (var proposed in request.Proposal.Documents)
        {
            var before = history.Revision(proposed)?.Document;
            if (before == proposed.Document)
                continue;
            if (proposed.Document.Kind != DocumentKind.Instrument)
                return today;
            if (FirstDay(before, proposed.Document, history.Current.Table.Technologies, today) is { } day && !(first <= day))
                first = day;
        }

        return first;
    }

    private static DateOnly? FirstDay(PolicyDocument? before, PolicyDocument after, ImmutableArray<Technology> technologies, DateOnly today)
    {
        ImmutableArray<Instrument> old = before is null ? [] : [before.Value<Instrument>()];
        var instrument = after.Value<Instrument>();
        if (old.Any(one => one with { Versions = instrument.Versions } != instrument))
            return today;
        var (then, now) = (new GovernanceTable(technologies, old), new GovernanceTable(technologies, [instrument]));
        return old.Append(instrument)
            .SelectMany(one => one.Versions)
            .SelectMany(version => DaysOfChange(version.Effective))
            .Append(today)
            .Where(day => day >= today)
            .Distinct()
            .Order()
            .Cast<DateOnly?>()
            .FirstOrDefault(day => !Terms(then, day!.Value).SequenceEqual(Terms(now, day.Value)));
    }

    private static IEnumerable<DateOnly> DaysOfChange(EffectivePeriod period) =>
        new DateOnly?[]
        {
            period.From?.Earliest,
            period.From?.Latest,
            period.FromNotBefore?.Earliest,
            period.FromKnownBy?.Earliest,
            period.To?.Earliest,
            period.To?.Latest,
            period.EndKnownBy?.Latest,
        }.OfType<DateOnly>();

    /// <summary>
    /// What holds on a day, as text. Neither the number of a version nor its end is in it: an end makes its difference on the day on which
    /// it comes.
    /// </summary>
    private static IEnumerable<string> Terms(GovernanceTable table, DateOnly day) =>
        table
            .On(day)
            .Where(row => row.Version is not null && row.Status != RuleStatus.Scheduled)
            .Select(row =>
                $"{row.Technology.Id} {row.Status} {row.Certainty} "
                + System.Text.Json.JsonSerializer.Serialize(
                    row.Version! with
                    {
                        Number = 0,
                        Effective = row.Version.Effective with { To = null, Ended = false, EndKnownBy = null },
                        Rules = [row.Rule!],
                    },
                    Json.Options
                )
            );
}
