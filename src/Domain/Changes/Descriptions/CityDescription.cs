using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Descriptions.DescriptionPhrases;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>Describes differences between two revisions of the city, and of the chapters that may be cited.</summary>
internal static class CityDescription
{
    /// <summary>The sentence for a difference of the city; null when there is none for that part of the document.</summary>
    public static string? Describe(Difference difference) =>
        difference.Path.AsSpan() switch
        {
            [] => $"recorded {Quoted(Read<City>(difference.After)!.Name)} for the first time",
            ["name"] => Text("the name of the city", difference),
            ["isSample"] => Read<bool>(difference.After)
                ? "now marks everything as sample data"
                : "no longer marks everything as sample data",
            ["timeZone"] => Text("the time zone in which the city’s days begin", difference),
            ["languages"] => Listed("the languages of notices", difference, (string tag) => Language(tag)),
            ["departments"] => Items(difference, (Department department) => Department(department)),
            ["departments", _] => Item(difference, (Department department) => Department(department)),
            ["departments", var id, "name"] => Text($"the name of the department {Quoted(id)}", difference),
            ["departments", var id, "phone"] => Text($"the telephone number of the department {Quoted(id)}", difference),
            ["outOfScope"] => Items(
                difference,
                (OutOfScope subject) =>
                    $"the subject {Quoted(subject.Name)}, which this register does not cover: {Quoted(subject.Why)} "
                    + $"({Plain(PlainLanguage.For(subject.Source))})"
            ),
            ["records", "name"] => Text("the name of the records office", difference),
            ["records", "url"] => Text("the address of the records office", difference),
            ["records", "phone"] => Text("the telephone number of the records office", difference),
            ["records", "replyWithinBusinessDays"] => Changed(
                "how soon the City must answer a request for records",
                difference,
                (int days) => PlainLanguage.Count(days, "business day")
            ),
            ["records", "law"] => Text("the law that gives the right to records", difference),
            ["noticeValidSeconds"] => Changed(
                "how long a screen may show a notice that it cannot confirm",
                difference,
                (int seconds) => PlainLanguage.Count(seconds, "second")
            ),
            _ => null,
        };

    /// <summary>The sentence for a difference of the known chapters; null when there is none for that part of the document.</summary>
    public static string? DescribeChapters(Difference difference) =>
        difference.Path.AsSpan() switch
        {
            [] => "recorded the chapters that may be cited for the first time",
            ["chapters", var code] => difference switch
            {
                { Before: null } => $"added the chapters of {Plain(code)} that may be cited: {Chapters(difference.After)}",
                { After: null } => $"removed the chapters of {Plain(code)} that may be cited: {Chapters(difference.Before)}",
                _ => Listed($"the chapters of {Plain(code)} that may be cited", difference, (string chapter) => Plain(chapter)),
            },
            _ => null,
        };

    private static string Department(Department department) => $"the department {Quoted(department.Name)}, {Plain(department.Phone)}";

    private static string Chapters(string? json) => PlainLanguage.List(ReadMany<string>(json).Select(Plain));
}
