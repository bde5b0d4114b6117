using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>A department that is accountable for units.</summary>
/// <param name="Phone">A telephone number that people can call, as printed.</param>
public sealed record Department(string Id, string Name, string Phone);

/// <summary>Where and how people ask for records.</summary>
/// <param name="Url">The records portal.</param>
/// <param name="ReplyWithinBusinessDays">How soon the law makes the City answer, in business days.</param>
/// <param name="Law">The law that gives the right, as cited.</param>
public sealed record RecordsPortal(string Name, string Url, string Phone, int ReplyWithinBusinessDays, string Law);

/// <summary>Something that records and that the registry does not speak of, named so that nobody takes its silence for an answer.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Why">Why it stands outside.</param>
/// <param name="Source">Where that it records was read.</param>
public sealed record OutOfScope(string Name, string Why, Source Source);

/// <summary>The city that the registry serves.</summary>
/// <param name="IsSample">True for sample data, which says so on every page, screen and paper.</param>
/// <param name="TimeZone">IANA name of the zone in which the city's days begin and end.</param>
/// <param name="Languages">BCP 47 tags of the languages of its notices, first the one that governs.</param>
/// <param name="NoticeValidSeconds">How long a screen may show a notice that it could not confirm, in seconds, 10 to 3600.</param>
public sealed record City(
    string Name,
    bool IsSample,
    string TimeZone,
    ImmutableArray<string> Languages,
    ImmutableArray<Department> Departments,
    RecordsPortal Records,
    int NoticeValidSeconds
)
{
    /// <summary>What records and is not in this registry; empty when nothing is named.</summary>
    public ImmutableArray<OutOfScope> OutOfScope { get; init; } = [];

    /// <summary>The day in the city at an instant.</summary>
    public DateOnly DayAt(DateTimeOffset instant) => DateOnly.FromDateTime(LocalTime(instant).DateTime);

    /// <summary>The local time in the city at an instant, daylight saving included.</summary>
    public DateTimeOffset LocalTime(DateTimeOffset instant) =>
        TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));

    /// <summary>The department with this id, or null.</summary>
    public Department? Department(string id) => Departments.FirstOrDefault(department => department.Id == id);
}
