using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes;

/// <summary>What a change request may not do to the documents and devices that it does not name.</summary>
public sealed class PolicyValidatorTests
{
    private static readonly Source Read = new("The law", null, new DateOnly(2026, 11, 23), Confidence.Sourced);

    private static readonly KnownChapters Chapters = new(
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("SMC", ["14.12", "14.18"])
    );

    private static readonly GovernanceSnapshot Governance = Generators.Snapshot([Text()]) with { Chapters = Chapters };

    private static readonly GovernanceHistory History = new([
        .. Governance.Documents().Select((document, i) => new PolicyRevision(document, 1, i, Generators.Noon, 0, null)),
    ]);

    private static Instrument Text(EffectivePeriod? effective = null, string title = "Cameras under SMC 14.18") =>
        new(
            "manual-1",
            InstrumentKind.StateLaw,
            "Law 1",
            "the state",
            [
                new InstrumentVersion(
                    1,
                    title,
                    effective ?? new EffectivePeriod(LawDate.Parse("2019-02-01")),
                    null,
                    null,
                    null,
                    null,
                    null,
                    Read,
                    [new Rule("facility-camera", [], [], [], new RecordsAccess(RecordsAccessKind.NotKnown), ["transportation"])]
                ),
            ]
        );

    private static readonly City WithoutRoads = Governance.City with { Departments = [Governance.City.Departments[0]] };

    private static Refusal[] Problems(params PolicyDocument[] documents) => [.. PolicyValidator.Problems(History, [.. documents])];

    [Fact]
    public void A_department_that_a_rule_names_cannot_be_removed()
    {
        var problem = Assert.Single(Problems(PolicyDocument.For(WithoutRoads)));
        Assert.Equal("instrument manual-1 / version 1 / facility-camera / departments", problem.Where);
        Assert.Equal(
            "This document uses what the request removes. Found 'transportation'; expected a department of the city.",
            problem.Sentence
        );
    }

    [Fact]
    public void A_department_can_be_removed_together_with_its_last_use()
    {
        var instrument = Text();
        var version = instrument.Versions[0];
        instrument = instrument with { Versions = [version with { Rules = [version.Rules[0] with { Departments = ["police"] }] }] };
        Assert.Empty(Problems(PolicyDocument.For(WithoutRoads), PolicyDocument.For(instrument)));
    }

    [Fact]
    public void A_department_that_devices_fleets_or_gateways_belong_to_cannot_be_removed()
    {
        ImmutableArray<PolicyDocument> proposed = [PolicyDocument.For(WithoutRoads)];
        var use = new DepartmentUse("transportation", 2, ["patrol"], ["recorder-1", "recorder-2"]);
        var problem = Assert.Single(PolicyValidator.RegisterProblems(proposed, [use]));
        Assert.Contains(
            "no department 'transportation'; expected it to stay while it has "
                + "2 fixed devices, the fleet patrol and the gateways recorder-1, recorder-2: give all to another first",
            problem.Sentence,
            StringComparison.Ordinal
        );
        Assert.Empty(PolicyValidator.RegisterProblems(proposed, [use with { Department = "police" }]));
        Assert.Empty(PolicyValidator.RegisterProblems([PolicyDocument.For(Governance.City)], [use]));
    }

    [Fact]
    public void A_chapter_that_a_document_cites_cannot_be_removed()
    {
        var fewer = new KnownChapters(Chapters.Chapters.SetItem("SMC", ["14.12"]));
        var problem = Assert.Single(Problems(PolicyDocument.For(fewer)));
        Assert.Equal("instrument manual-1 / version 1 / title", problem.Where);
        Assert.Empty(Problems(PolicyDocument.For(new KnownChapters(Chapters.Chapters.SetItem("SMC", ["14.18"])))));
    }

    [Fact]
    public void A_change_request_does_not_call_sample_data_a_city_of_its_own()
    {
        var problem = Assert.Single(Problems(PolicyDocument.For(Governance.City with { IsSample = false })));
        Assert.Contains("found false; expected true", problem.Sentence, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("2021-03-15", "2020-12-31")] // Passed after the day on which it ended.
    [InlineData("2020-12-31", "2020-12-31")]
    [InlineData("2021", "2020-12")]
    public void A_text_cannot_have_ended_before_it_was_passed(string passed, string ended)
    {
        var period = new EffectivePeriod(null, FromNotBefore: LawDate.Parse(passed), To: LawDate.Parse(ended));
        Assert.Contains("is not after the start", Assert.Single(Problems(PolicyDocument.For(Text(period)))).Sentence);
    }

    [Theory]
    [InlineData("2021-03-15", "2021-03-01", null, "signed")]
    [InlineData("2021-03-15", null, "2020", "filed")]
    public void A_text_cannot_be_signed_or_filed_before_it_was_passed(string passed, string? signed, string? filed, string where)
    {
        LawDate? Date(string? text) => text is null ? null : LawDate.Parse(text);
        var text = Text();
        var version = text.Versions[0] with { Passed = LawDate.Parse(passed), Signed = Date(signed), Filed = Date(filed) };
        var problem = Assert.Single(Problems(PolicyDocument.For(text with { Versions = [version] })));
        Assert.EndsWith(where, problem.Where);
        Assert.Contains($"before it was passed ({PlainLanguage.Date(LawDate.Parse(passed))})", problem.Sentence);
    }

    [Fact]
    public void A_source_cannot_show_a_text_in_force_before_it_can_have_been()
    {
        var period = new EffectivePeriod(null, LawDate.Parse("2021-06-10"), LawDate.Parse("2020"));
        Assert.Contains("before June 10, 2021", Assert.Single(Problems(PolicyDocument.For(Text(period)))).Sentence);
    }

    [Fact]
    public void Two_texts_do_not_replace_each_other()
    {
        Instrument Replaced(string id, string successor) =>
            Text(new EffectivePeriod(LawDate.Parse("2019-02-01"), To: LawDate.Parse("2020"))) with
            {
                Id = id,
                Versions =
                [
                    Text(new EffectivePeriod(LawDate.Parse("2019-02-01"), To: LawDate.Parse("2020"))).Versions[0] with
                    {
                        SupersededBy = successor,
                    },
                ],
            };

        Assert.Empty(Problems(PolicyDocument.For(Replaced("one", "manual-1")), PolicyDocument.For(Replaced("two", "one"))));
        var problems = Problems(
            PolicyDocument.For(Replaced("one", "two")),
            PolicyDocument.For(Replaced("two", "three")),
            PolicyDocument.For(Replaced("three", "one"))
        );
        Assert.Equal(3, problems.Length);
        Assert.All(problems, problem => Assert.Contains("two cannot replace each other", problem.Sentence));
    }

    [Theory]
    [InlineData("2026-11")]
    [InlineData("2026")]
    public void Versions_that_meet_at_the_same_imprecise_date_follow_each_other(string date)
    {
        var text = Text(new EffectivePeriod(LawDate.Parse("2019-02-01"), To: LawDate.Parse(date)));
        var next = text.Versions[0] with { Number = 2, Effective = new EffectivePeriod(LawDate.Parse(date)) };
        var two = text with { Versions = [text.Versions[0], next] };
        Assert.Empty(Problems(PolicyDocument.For(two)));
        var periods = RulePeriod.ForInstrument(two);
        Assert.Equal(periods[0].Until, periods[1].From);
    }

    [Fact]
    public void A_text_that_waits_for_a_condition_stands_beside_the_one_in_force()
    {
        var text = Text();
        var waiting = text.Versions[0] with { Number = 2, Effective = Condition };
        var two = text with { Versions = [text.Versions[0], waiting] };
        Assert.Empty(Problems(PolicyDocument.For(two)));
        Assert.Equal(1, Assert.Single(RulePeriod.ForInstrument(two)).Number);
    }

    [Fact]
    public void A_condition_beside_a_known_date_is_refused()
    {
        var day = LawDate.Parse("2026-05-01");
        EffectivePeriod[] periods = [Condition with { From = day }, Condition with { FromKnownBy = day }, Condition with { To = day }];
        foreach (var period in periods)
            Assert.Contains(
                Problems(PolicyDocument.For(Text(period))),
                problem => problem.Sentence.Contains("a condition beside a date", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void A_text_that_waited_for_a_condition_is_in_force_only_from_a_day()
    {
        var recorded = Text(Condition) with { Id = "waiting" };
        recorded = recorded with { Versions = [recorded.Versions[0] with { Id = "v1" }] };
        var opening = Governance.Documents().Append(PolicyDocument.For(recorded));
        var history = new GovernanceHistory([
            .. opening.Select((document, i) => new PolicyRevision(document, 1, i, DateTimeOffset.UnixEpoch, 0, null)),
        ]);
        string[] Sentences(EffectivePeriod period) =>
            [
                .. PolicyValidator
                    .Problems(
                        history,
                        [PolicyDocument.For(recorded with { Versions = [recorded.Versions[0] with { Effective = period }] })]
                    )
                    .Select(problem => problem.Sentence),
            ];
        Assert.Contains("neither the condition that was recorded nor a day", Assert.Single(Sentences(new EffectivePeriod(null))));
        Assert.Empty(Sentences(new EffectivePeriod(LawDate.Parse("2026-05-01"))));
        Assert.Empty(Sentences(Condition with { Condition = "the council decides" }));
    }

    private static EffectivePeriod Condition => new(null) { Condition = "the mayor ends the pause" };

    [Fact]
    public void A_class_of_data_without_a_word_on_the_notices_is_refused()
    {
        var words = new Wording(
            "en",
            "ltr",
            true,
            ImmutableSortedDictionary<string, string>.Empty.Add("class.patrol-reads", "patrol reads")
        );
        var history = new GovernanceHistory([
            .. (Governance with { Wordings = [words] })
                .Documents()
                .Select((document, i) => new PolicyRevision(document, 1, i, Generators.Noon, 0, null)),
        ]);
        Assert.Empty(PolicyValidator.Problems(history, [Kept("patrol reads")]));
        var problem = Assert.Single(PolicyValidator.Problems(history, [Kept("Patrol Reads")]));
        Assert.Contains(
            "Found the class of data 'Patrol Reads'; expected one for which the notices have a word: patrol reads",
            problem.Sentence
        );
        // What was recorded before there was a vocabulary stays.
        var older = new GovernanceHistory([.. history.Revisions, new PolicyRevision(Kept("Patrol Reads"), 2, 9, Generators.Noon, 1, 7)]);
        Assert.Empty(PolicyValidator.Problems(older, [Kept("Patrol Reads")]));
    }

    private static PolicyDocument Kept(string dataClass)
    {
        var text = Text();
        var rule = text.Versions[0].Rules[0] with { Retention = [new Retention(RetentionBound.Limit, 90, null, dataClass)] };
        return PolicyDocument.For(text with { Versions = [text.Versions[0] with { Rules = [rule] }] });
    }

    [Fact]
    public void A_document_larger_than_the_database_takes_is_refused()
    {
        var wide = Text() with { Authority = new string('é', PolicyValidator.MaxTextLength) };
        var versions = wide.Versions[0];
        var many = wide with
        {
            Versions =
            [
                .. Enumerable
                    .Range(1, 4_000)
                    .Select(i =>
                        versions with
                        {
                            Number = i,
                            Title = new string('é', PolicyValidator.MaxTextLength),
                            Effective = new EffectivePeriod(
                                LawDate.Parse($"{1800 + i / 12:0000}-{i % 12 + 1:00}"),
                                To: LawDate.Parse($"{1800 + (i + 1) / 12:0000}-{(i + 1) % 12 + 1:00}")
                            ),
                        }
                    ),
            ],
        };
        var proposal = new Proposal("It changes.", Read, [new ProposedDocument(PolicyDocument.For(many), 1)]);
        var problem = Assert.Single(ChangeRequest.CheckDraft(proposal));
        Assert.Contains($"expected at most {PolicyDocument.MaxBytes} bytes", problem.Sentence, StringComparison.Ordinal);
    }
}
