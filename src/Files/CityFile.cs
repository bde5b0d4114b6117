using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files;

/// <summary><c>city.yaml</c>: the city that the registry serves.</summary>
internal static partial class CityFile
{
    /// <summary>A notice is read in seconds: a screen may hold on to one that it could not confirm for this long at most.</summary>
    private const int LeastValidSeconds = 10, MostValidSeconds = 3600;

    private static readonly Form<string> Language = Form.Scalar("a language tag such as en or zh-Hant",
        (string text, out string value) => LanguageTag().IsMatch(value = text));

    private static readonly Form<string> TimeZone = Form.Scalar("an IANA time zone such as America/Los_Angeles",
        (string text, out string value) => TimeZoneInfo.TryFindSystemTimeZoneById(value = text, out _));

    private static readonly Form<Department> Department = Form.Keys("a department", keys => new Department(
        keys.Required("id", Form.Id), keys.Required("name", Form.Text), keys.Required("phone", Form.Text)));

    private static readonly Form<RecordsPortal> Records = Form.Keys("where people ask for records", keys => new RecordsPortal(
        keys.Required("name", Form.Text),
        keys.Required("url", Form.WebAddress),
        keys.Required("phone", Form.Text),
        keys.Required("reply_within_business_days", Form.Number(1, 365)),
        keys.Required("law", Form.Text)));

    private static readonly Form<OutOfScope> OutOfScope = Form.Keys("what is not in this registry", keys => new OutOfScope(
        keys.Required("name", Form.Text), keys.Required("why", Form.Text), keys.Required("source", SourceForm.Source)));

    private static readonly Form<City> Whole = Form.Keys("a city", keys =>
    {
        var city = new City(
            keys.Required("name", Form.Text),
            keys.Required("sample", Form.Flag),
            keys.Required("time_zone", TimeZone),
            keys.Required("languages", Form.ListOf(Language, least: 1)),
            keys.Required("departments", Form.ListOf(Department, least: 1)),
            keys.Required("records", Records),
            keys.Required("notice_valid_seconds", Form.Number(LeastValidSeconds, MostValidSeconds)))
        {
            OutOfScope = keys.Optional("out_of_scope", Form.ListOf(OutOfScope), []),
        };
        keys.EachOnce("languages");
        keys.EachOnce("departments", city.Departments.Select(department => department?.Id));
        return city;
    });

    public static City? Read(YamlFile file) => file.Root is null ? null : Whole.Read(file.Root, file);

    [GeneratedRegex("^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
