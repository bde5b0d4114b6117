using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Changes;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>A change request as lists show it.</summary>
/// <param name="Author">The author's name; the role when the name is not known.</param>
/// <param name="LastActionAt">When it was decided, submitted or drafted, in the city's time.</param>
/// <param name="Subjects">The names of the first documents that it changes.</param>
public sealed record ListedChange(ChangeRequest Request, string Status, string Author, string LastActionAt, ImmutableArray<string> Subjects)
{
    private const int MaxSubjects = 4;

    internal static ImmutableArray<ListedChange> From(
        ImmutableArray<ChangeRequest> requests,
        GovernanceHistory history,
        DateOnly today,
        ImmutableArray<StaffMember> members
    )
    {
        var names = members.ToDictionary(member => member.Id, member => member.Name);
        return
        [
            .. requests.Select(request => new ListedChange(
                request,
                ChangeStatusText.For(request, history, today),
                names.GetValueOrDefault(request.Author.Staff ?? "", request.Author.Role),
                PlainLanguage.Time(history.Current.City.LocalTime(request.DecidedAt ?? request.SubmittedAt ?? request.DraftedAt)),
                SubjectsOf(request)
            )),
        ];
    }

    private static ImmutableArray<string> SubjectsOf(ChangeRequest request)
    {
        var documents = request.Proposal.Documents;
        var subjects = documents.Take(MaxSubjects).Select(proposed => NameOf(proposed.Document));
        return documents.Length > MaxSubjects ? [.. subjects, $"and {documents.Length - MaxSubjects} more"] : [.. subjects];
    }

    private static string NameOf(PolicyDocument document) =>
        document.Kind == DocumentKind.Instrument ? document.Value<Instrument>().Citation : document.ToString();
}
