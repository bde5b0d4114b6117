using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
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
        foreach (var language in city.Languages.Except(governance.Wordings.Select(wording => wording.Language)))
            at["languages"].Add($"{Quote(language)} without its words", "a wording of that language in the same request");
        if (city.Departments.IsEmpty || city.Departments.DistinctBy(department => department.Id).Count() != city.Departments.Length)
            at["departments"].Add("no department, or one twice", "at least one, each once");
        SourceValidator.CheckAddress(city.Records.Url, at["records"]);
        foreach (var subject in city.OutOfScope)
            SourceValidator.Check(subject.Source, at["outOfScope"]["source"]);
    }
}
