using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using static SurveillanceRegistry.Domain.Changes.Validation.ProblemLocation;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks the city.</summary>
internal static class CityValidator
{
    public static void Check(City city, GovernanceSnapshot governance, ProblemLocation at)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(city.TimeZone, out _))
            at["timeZone"].Add(Quote(city.TimeZone), "an IANA time zone such as America/Los_Angeles");
        if (city.NoticeValidSeconds is < PolicyValidator.MinValidSeconds or > PolicyValidator.MaxValidSeconds)
            at["noticeValidSeconds"]
                .Add($"{city.NoticeValidSeconds}", $"{PolicyValidator.MinValidSeconds} to {PolicyValidator.MaxValidSeconds}");
        if (city.Languages.IsEmpty || city.Languages.Distinct().Count() != city.Languages.Length)
            at["languages"].Add("no language, or one twice", "at least one, each once");
        foreach (var language in city.Languages.Where(language => !Wording.IsLanguageTag(language)))
            at["languages"].Add(Quote(language), "a language tag such as en or zh-Hans");
        foreach (var language in city.Languages.Except(governance.Wordings.Select(wording => wording.Language)))
            at["languages"].Add($"{Quote(language)} without its words", "a wording of that language in the same request");
        if (city.Departments.IsEmpty || city.Departments.DistinctBy(department => department.Id).Count() != city.Departments.Length)
            at["departments"].Add("no department, or one twice", "at least one, each once");
        foreach (var department in city.Departments.Where(department => !Identifier.IsValid(department.Id)))
            at["departments"].Add(Quote(department.Id), "an id of small letters, digits and hyphens, at most 64");
        SourceValidator.CheckAddress(city.Records.Url, at["records"]);
        foreach (var subject in city.OutOfScope)
            SourceValidator.Check(subject.Source, at["outOfScope"]["source"]);
    }

    /// <summary>Checks that nothing in use belongs to a department that the city would no longer have.</summary>
    /// <param name="uses">What belongs to each department now.</param>
    public static void CheckUses(City city, IEnumerable<DepartmentUse> uses, ProblemLocation at)
    {
        foreach (var use in uses.Where(use => city.Department(use.Department) is null))
            at["departments"]
                .Add($"no department {Quote(use.Department)}", $"it to stay while it has {use.InWords}: give all to another first");
    }

    /// <summary>Only the opening of a registry says whether its data is sample data. No request changes that.</summary>
    public static void CheckSampleFlag(City city, City current, ProblemLocation at)
    {
        if (city.IsSample != current.IsSample)
            at["sample"]
                .Add(
                    city.IsSample ? "true" : "false",
                    $"{(current.IsSample ? "true" : "false")}: whether data is sample data is stated when a registry is opened, and stays"
                );
    }
}
