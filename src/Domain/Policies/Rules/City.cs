using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>A department of the city that is accountable for devices.</summary>
/// <param name="Phone">A telephone number that people can call, as printed.</param>
public sealed record Department(string Id, string Name, string Phone);

/// <summary>Where and how people request records.</summary>
/// <param name="Url">The records portal.</param>
/// <param name="ReplyWithinBusinessDays">The time in which the law requires the City to answer, in business days.</param>
/// <param name="Law">The law that gives the right, as cited.</param>
public sealed record RecordsPortal(string Name, string Url, string Phone, int ReplyWithinBusinessDays, string Law);

/// <summary>
/// Something that records and that the registry does not cover. It is named so that its absence does not mislead readers.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Why">Why the registry does not cover it.</param>
/// <param name="Source">The source which says that it records.</param>
public sealed record OutOfScope(string Name, string Why, Source Source);

/// <summary>The city that the registry serves.</summary>
/// <param name="IsSample">True for sample data. Every page, screen and paper then says so.</param>
/// <param name="TimeZone">IANA name of the zone in which the city's days begin and end.</param>
/// <param name="Languages">BCP 47 tags of the languages of its notices; the first one is authoritative.</param>
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
