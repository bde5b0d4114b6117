using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary><c>city.yaml</c>: the city that the registry serves.</summary>
internal static class CityFile
{
    private static readonly FieldSchema<int> ValidSeconds = FieldSchema.Number(
        PolicyValidator.MinValidSeconds,
        PolicyValidator.MaxValidSeconds
    );

    private static readonly FieldSchema<string> Language = FieldSchema.Scalar(
        "a language tag such as en or zh-Hant",
        (string text, out string value) => Wording.IsLanguageTag(value = text)
    );

    private static readonly FieldSchema<string> TimeZone = FieldSchema.Scalar(
        "an IANA time zone such as America/Los_Angeles",
        (string text, out string value) => TimeZoneInfo.TryFindSystemTimeZoneById(value = text, out _)
    );

    private static readonly FieldSchema<Department> Department = FieldSchema.Map(
        "a department",
        keys => new Department(
            keys.Required("id", FieldSchema.Id),
            keys.Required("name", FieldSchema.Text),
            keys.Required("phone", FieldSchema.Text)
        )
    );

    private static readonly FieldSchema<RecordsPortal> Records = FieldSchema.Map(
        "where people ask for records",
        keys => new RecordsPortal(
            keys.Required("name", FieldSchema.Text),
            keys.Required("url", FieldSchema.WebAddress),
            keys.Required("phone", FieldSchema.Text),
            keys.Required("reply_within_business_days", FieldSchema.Number(1, 365)),
            keys.Required("law", FieldSchema.Text)
        )
    );

    private static readonly FieldSchema<OutOfScope> OutOfScope = FieldSchema.Map(
        "what is not in this registry",
        keys => new OutOfScope(
            keys.Required("name", FieldSchema.Text),
            keys.Required("why", FieldSchema.Text),
            keys.Required("source", SourceSchema.Source)
        )
    );

    private static readonly FieldSchema<City> City = FieldSchema.Map(
        "a city",
        keys =>
        {
            keys.OptionalValue("revision", RevisionKey.Number);
            var city = new City(
                keys.Required("name", FieldSchema.Text),
                keys.Required("sample", FieldSchema.Flag),
                keys.Required("time_zone", TimeZone),
                keys.Required("languages", FieldSchema.ListOf(Language, minItems: 1)),
                keys.Required("departments", FieldSchema.ListOf(Department, minItems: 1)),
                keys.Required("records", Records),
                keys.Required("notice_valid_seconds", ValidSeconds)
            )
            {
                OutOfScope = keys.Optional("out_of_scope", FieldSchema.ListOf(OutOfScope), []),
            };
            keys.RequireDistinct("languages");
            keys.RequireDistinct("departments", city.Departments.Select(department => department?.Id));
            return city;
        }
    );

    public static City? Read(YamlFile file) => file.Root is null ? null : City.Read(file.Root, file);
}
